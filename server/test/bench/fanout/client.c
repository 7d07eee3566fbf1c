// The load client of bench:fanout: WebSocket connections by the thousand, speakers and listeners alike. In C, because
// a client in Node fills its core before a bare uWebSockets.js does, and would then measure itself. It knows no server:
// paths, first frames and what is said come over stdin, one tab-separated command a line ("-" is nothing):
//   group G PORT PATH HEADERS READY SAYS COUNT SMALL FILE ASK ANSWER REFUSAL
//     COUNT connections, not opened yet. HEADERS end in \r\n, written "|". One is ready when a frame that begins with
//     READY came ("-": when it was upgraded). SAYS: how a line is said, %U a new UUID, %L the line. SMALL: buffers and
//     segments as on a phone line. FILE: first frames, one a line, the last for all further ones. A frame ASK is
//     answered with ANSWER. Frames that begin with REFUSAL are counted.
//   firsts G FILE     other first frames, for the next connect
//   connect G N       opens what is not open, N on their way at a time; answers when all are ready or failed
//   cut G             resets them all at once
//   mute G            they stop reading
//   speak G RATE N    RATE lines a second from the first N connections in turn; 0 stops
//   begin MASK        measures what the groups of the bit mask get of lines said from now on; lines that are missing,
//                     came twice or out of order count in all groups, across reconnects too
//   end               says so at once, and the figures GRACE ms later
// Every answer is one line of JSON. Times are in us of CLOCK_MONOTONIC. Latencies are counted in buckets of 1/64 of an
// octave, so they are off by at most 1.6 %.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define GROUPS 16
#define SPEAKERS 16
#define SUB 64
#define BUCKETS (SUB * 28)
#define BUFFER (4 << 20)
#define LINE 200
#define GRACE 1500000
#define CONNECT_US 60000000

enum { CLOSED, CONNECTING, UPGRADING, WAITING, READY, FAILED };
// Of one speaker, as one listener heard it: the newest number, and which of the 32 before it came.
typedef struct { uint32_t last, seen; } Track;
typedef struct {
  int fd, group, state, muted;
  char *first, *rest, *out;
  uint32_t rest_length, out_length;
  uint64_t began;
  Track tracks[SPEAKERS];
} Conn;
typedef struct {
  int port, count, small, ready, failed, limit, next, on_way, connecting;
  char *path, *headers, *ready_text, *says, *ask, *answer, *refusal;
  uint64_t began;
  uint64_t handshakes[BUCKETS];
  Conn *conns;
} Group;

static Group groups[GROUPS];
static int epoll;
static char *buffer;
static struct { int group, count; double gap, due; uint32_t turn, said[SPEAKERS]; } speaker;
static struct {
  int mask, open;
  uint64_t from, to, answer_at;
  uint64_t expected, delivered, arrived, gaps, doubles, late, bytes, frames, sent;
  uint64_t times[BUCKETS];
  double cpu;
} window;
static uint64_t closed, refused, stalled;
static char close_sample[200], refusal_sample[200];

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
static double cpu_seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}
static int bucket_of(uint64_t us) {
  if (us < SUB) return (int)us;
  int shift = 63 - __builtin_clzll(us) - 6;
  int bucket = SUB * (shift + 1) + (int)((us >> shift) - SUB);
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}
static void print_buckets(const char *name, const uint64_t *buckets) {
  printf("\"%s\":[", name);
  for (int i = 0, any = 0; i < BUCKETS; i++)
    if (buckets[i]) printf("%s[%d,%lu]", any++ ? "," : "", i, buckets[i]);
  printf("]");
}
static void print_text(const char *name, const char *text) {
  printf("\"%s\":\"", name);
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') putchar('\\');
    putchar((unsigned char)*text < 32 ? ' ' : *text);
  }
  printf("\"");
}
static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void watch(Conn *c, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(epoll, operation, c->fd, &event);
}
static void forget(Conn *c, int state, int reset) {
  if (c->state == READY) groups[c->group].ready--;
  if (reset) {
    struct linger linger = {1, 0};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  }
  close(c->fd);
  free(c->rest);
  free(c->out);
  c->rest = c->out = NULL;
  c->rest_length = c->out_length = 0;
  c->fd = -1;
  c->state = state;
}
// The other end is gone, or speaks nonsense.
static void lost(Conn *c, const char *why) {
  Group *g = &groups[c->group];
  if (!*close_sample) snprintf(close_sample, sizeof close_sample, "%s", why);
  if (c->state == READY) closed++;
  else if (g->connecting) g->failed++, g->on_way--;
  forget(c, c->state == READY ? CLOSED : FAILED, 1);
}
static void put(Conn *c, const char *data, uint32_t length) {
  ssize_t sent = c->out_length ? 0 : send(c->fd, data, length, MSG_NOSIGNAL);
  if (sent < 0) sent = 0;
  if ((uint32_t)sent == length) return;
  // The server does not read: what waits here is said late, which is the truth.
  stalled++;
  c->out = realloc(c->out, c->out_length + length - sent);
  memcpy(c->out + c->out_length, data + sent, length - sent);
  c->out_length += length - sent;
  watch(c, EPOLL_CTL_MOD, (c->muted ? 0 : EPOLLIN) | EPOLLOUT);
}
static void put_frame(Conn *c, int opcode, const char *payload, uint32_t length) {
  static char frame[16384];
  static const char mask[4] = {0x37, 0x11, 0x5a, 0x42};
  if (length > sizeof frame - 8) return;
  int head = length < 126 ? 2 : 4;
  frame[0] = (char)(0x80 | opcode);
  frame[1] = (char)(0x80 | (length < 126 ? length : 126));
  if (head == 4) frame[2] = (char)(length >> 8), frame[3] = (char)length;
  memcpy(frame + head, mask, 4);
  for (uint32_t i = 0; i < length; i++) frame[head + 4 + i] = payload[i] ^ mask[i & 3];
  put(c, frame, head + 4 + length);
}

static void say(uint64_t now) {
  Group *g = &groups[speaker.group];
  uint32_t who = speaker.turn++ % speaker.count;
  Conn *c = &g->conns[who];
  if (c->state != READY) return;
  char line[LINE + 1], text[1024], *to = text;
  int length = snprintf(line, sizeof line, "@@%u.%u.%lu@@ ", who, ++speaker.said[who], now);
  for (int i = length; i < LINE; i++) line[i] = "the quick brown fox jumps over the lazy dog and "[i % 48];
  line[LINE - 1] = '.';
  line[LINE] = 0;
  for (const char *from = g->says; *from; from++) {
    if (*from != '%') *to++ = *from;
    else if (*++from == 'L') to = stpcpy(to, line);
    else if (*from == 'U') {
      unsigned char r[16];
      if (getrandom(r, 16, 0) != 16) fail("getrandom");
      to += sprintf(to, "%02x%02x%02x%02x-%02x%02x-4%01x%02x-a%01x%02x-%02x%02x%02x%02x%02x%02x", r[0], r[1], r[2],
                    r[3], r[4], r[5], r[6] & 15, r[7], r[8] & 15, r[9], r[10], r[11], r[12], r[13], r[14], r[15]);
    }
  }
  if (window.open) {
    window.sent++;
    for (int i = 0; i < GROUPS; i++)
      if (window.mask >> i & 1) window.expected += groups[i].ready;
  }
  put_frame(c, 1, text, (uint32_t)(to - text));
}
static void heard(Conn *c, uint32_t who, uint32_t number, uint64_t said, uint64_t now, int counts) {
  Track *t = &c->tracks[who];
  if (t->last == 0 || number > t->last) {
    uint32_t ahead = number - t->last;
    if (t->last && ahead > 1) window.gaps += ahead - 1;
    t->seen = t->last == 0 ? ~0u : ahead > 32 ? 0 : (ahead == 32 ? 0 : t->seen << ahead) | 1u << (ahead - 1);
    t->last = number;
  } else {
    uint32_t behind = t->last - number;
    int again = behind == 0 || behind > 32 || t->seen >> (behind - 1) & 1;
    if (again) window.doubles++;
    if (!again) window.late++, window.gaps--;
    if (again) return;
    t->seen |= 1u << (behind - 1);
  }
  if (!counts || !(window.mask >> c->group & 1)) return;
  if (window.open) window.arrived++;
  if (said < window.from || said > window.to) return;
  window.delivered++;
  window.times[bucket_of(now > said ? now - said : 0)]++;
}
static void find_lines(Conn *c, const char *at, const char *end, uint64_t now) {
  int counts = c->state == READY;
  while ((at = memchr(at, '@', end - at)) && at + 2 < end) {
    if (at[1] != '@') {
      at++;
      continue;
    }
    uint64_t part[3] = {0};
    int i = 0;
    for (at += 2; at < end && i < 3; at++) {
      if (*at >= '0' && *at <= '9') part[i] = part[i] * 10 + (*at - '0');
      else if (*at == '.') i++;
      else break;
    }
    if (i == 2 && at + 1 < end && at[0] == '@' && at[1] == '@' && part[0] < SPEAKERS) {
      heard(c, (uint32_t)part[0], (uint32_t)part[1], part[2], now, counts);
      at += 2;
    }
  }
}

static int begins(const char *text, const char *payload, uint64_t length) {
  uint64_t wanted = strlen(text);
  return length >= wanted && memcmp(payload, text, wanted) == 0;
}
static void become_ready(Conn *c, uint64_t now) {
  Group *g = &groups[c->group];
  c->state = READY;
  g->ready++;
  g->on_way--;
  g->handshakes[bucket_of(now - c->began)]++;
}
// False when the connection is gone.
static int frame_came(Conn *c, int opcode, const char *payload, uint64_t length, uint64_t now) {
  Group *g = &groups[c->group];
  if (window.open && window.mask >> c->group & 1) window.frames++;
  if (opcode == 9) put_frame(c, 10, payload, (uint32_t)length);
  else if (opcode == 8) {
    char why[160];
    unsigned code = length >= 2 ? (unsigned char)payload[0] << 8 | (unsigned char)payload[1] : 1005;
    snprintf(why, sizeof why, "closed with %u %.*s", code, length > 2 ? (int)length - 2 : 0, payload + 2);
    lost(c, why);
    return 0;
  } else if (opcode <= 2) {
    if (g->ask && length == strlen(g->ask) && begins(g->ask, payload, length))
      put_frame(c, 1, g->answer, (uint32_t)strlen(g->answer));
    if (g->refusal && begins(g->refusal, payload, length)) {
      refused++;
      if (!*refusal_sample) snprintf(refusal_sample, sizeof refusal_sample, "%.*s", (int)length, payload);
    }
    find_lines(c, payload, payload + length, now);
    if (c->state == WAITING && begins(g->ready_text, payload, length)) become_ready(c, now);
  }
  return 1;
}
static int upgraded(Conn *c, const char *head, uint64_t now) {
  Group *g = &groups[c->group];
  if (memcmp(head + 9, "101", 3) != 0) {
    char why[160];
    snprintf(why, sizeof why, "no upgrade: %.100s", head);
    lost(c, why);
    return 0;
  }
  c->state = WAITING;
  if (c->first) put_frame(c, 1, c->first, (uint32_t)strlen(c->first));
  if (!g->ready_text) become_ready(c, now);
  return 1;
}
static void readable(Conn *c) {
  uint32_t kept = c->rest_length;
  if (kept) memcpy(buffer, c->rest, kept);
  ssize_t got = recv(c->fd, buffer + kept, BUFFER - kept - 1, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return lost(c, got < 0 ? strerror(errno) : "the other end closed");
  uint64_t now = now_us(), length = kept + got, at = 0;
  if (window.open && window.mask >> c->group & 1) window.bytes += got;
  buffer[length] = 0;
  if (c->state == UPGRADING) {
    char *end = strstr(buffer, "\r\n\r\n");
    if (end) {
      if (!upgraded(c, buffer, now)) return;
      at = end + 4 - buffer;
    }
  }
  while (c->state >= WAITING && length - at >= 2) {
    const unsigned char *head = (unsigned char *)buffer + at;
    uint64_t size = head[1] & 127, skip = size == 126 ? 4 : size == 127 ? 10 : 2;
    if (length - at < skip) break;
    if (size == 126) size = head[2] << 8 | head[3];
    else if (size == 127) size = be64toh(*(uint64_t *)(head + 2));
    if (size > BUFFER / 2) return lost(c, "a frame without end");
    if (length - at < skip + size) break;
    if (!frame_came(c, head[0] & 15, buffer + at + skip, size, now)) return;
    at += skip + size;
  }
  uint32_t left = (uint32_t)(length - at);
  if (left && (left != kept || at)) c->rest = realloc(c->rest, left);
  if (left) memcpy(c->rest, buffer + at, left);
  c->rest_length = left;
}
static void writable(Conn *c) {
  if (c->state == CONNECTING) {
    Group *g = &groups[c->group];
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) return lost(c, strerror(error));
    c->state = UPGRADING;
    watch(c, EPOLL_CTL_MOD, EPOLLIN);
    char request[2048];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                          g->path, g->headers ? g->headers : "");
    put(c, request, (uint32_t)length);
  } else {
    ssize_t sent = send(c->fd, c->out, c->out_length, MSG_NOSIGNAL);
    if (sent > 0) memmove(c->out, c->out + sent, c->out_length -= sent);
    if (c->out_length == 0) watch(c, EPOLL_CTL_MOD, c->muted ? 0 : EPOLLIN);
  }
}

static void dial(Conn *c, int number) {
  Group *g = &groups[c->group];
  int one = 1, tiny = 4096, segment = 1400;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) fail("socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (g->small) {
    setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &tiny, sizeof tiny);
    setsockopt(c->fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
  }
  // One address has 28,000 ports for one server, those of the last round among them.
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + number % 4)};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(g->port), .sin_addr.s_addr = htonl(0x7f000001)};
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(c->fd, (void *)&from, sizeof from) < 0) fail("bind");
  c->state = CONNECTING;
  c->began = now_us();
  c->muted = 0;
  g->on_way++;
  watch(c, EPOLL_CTL_ADD, EPOLLOUT);
  if (connect(c->fd, (void *)&to, sizeof to) < 0 && errno != EINPROGRESS) lost(c, strerror(errno));
}
static void go_on(int number, uint64_t now) {
  Group *g = &groups[number];
  for (; g->next < g->count && g->on_way < g->limit; g->next++)
    if (g->conns[g->next].state == CLOSED || g->conns[g->next].state == FAILED) dial(&g->conns[g->next], g->next);
  if ((g->next < g->count || g->on_way > 0) && now - g->began < CONNECT_US) return;
  g->connecting = 0;
  printf("{\"did\":\"connect\",\"group\":%d,\"ready\":%d,\"failed\":%d,\"us\":%lu,", number, g->ready,
         g->count - g->ready, now - g->began);
  print_text("why", close_sample);
  printf(",");
  print_buckets("times", g->handshakes);
  printf("}\n");
}

static void finish(void) {
  printf("{\"did\":\"measure\",\"us\":%lu,\"sent\":%lu,\"expected\":%lu,\"delivered\":%lu,\"arrived\":%lu,\"gaps\":%ld,"
         "\"doubles\":%lu,\"late\":%lu,\"bytes\":%lu,\"frames\":%lu,\"closed\":%lu,\"refused\":%lu,\"stalled\":%lu,"
         "\"cpu\":%.3f,",
         window.to - window.from, window.sent, window.expected, window.delivered, window.arrived, (long)window.gaps,
         window.doubles, window.late, window.bytes, window.frames, closed, refused, stalled, window.cpu);
  print_text("closedWith", close_sample);
  printf(",");
  print_text("refusedWith", refusal_sample);
  printf(",");
  print_buckets("times", window.times);
  printf("}\n");
  window.answer_at = 0;
}
static char *kept(char *field) { return field && strcmp(field, "-") ? strdup(field) : NULL; }
static void read_firsts(Group *g, const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  char *line = NULL, *last = NULL;
  size_t size = 0;
  ssize_t length;
  int i = 0;
  for (; i < g->count && (length = getline(&line, &size, file)) > 0; i++) {
    if (line[length - 1] == '\n') line[length - 1] = 0;
    g->conns[i].first = last = strdup(line);
  }
  for (; i < g->count; i++) g->conns[i].first = last;
  fclose(file);
  free(line);
}
static void open_group(Group *g, char **f) {
  *g = (Group){.port = atoi(f[2]), .path = kept(f[3]), .headers = kept(f[4]), .ready_text = kept(f[5]),
               .says = kept(f[6]), .count = atoi(f[7]), .small = atoi(f[8]), .ask = kept(f[10]),
               .answer = kept(f[11]), .refusal = kept(f[12])};
  for (char *at = g->headers; at && *at; at++)
    if (*at == '|') memmove(at + 2, at + 1, strlen(at)), at[0] = '\r', at[1] = '\n';
  g->conns = calloc(g->count, sizeof(Conn));
  for (int i = 0; i < g->count; i++) g->conns[i].group = (int)(g - groups), g->conns[i].fd = -1;
  if (strcmp(f[9], "-")) read_firsts(g, f[9]);
  printf("{\"did\":\"group\"}\n");
}
static void obey(char *line) {
  char *f[16] = {0};
  for (int i = 0; i < 16 && line;) f[i++] = strsep(&line, "\t");
  Group *g = &groups[f[1] ? atoi(f[1]) & (GROUPS - 1) : 0];
  uint64_t now = now_us();
  if (!strcmp(f[0], "group")) open_group(g, f);
  else if (!strcmp(f[0], "firsts")) {
    read_firsts(g, f[2]);
    printf("{\"did\":\"firsts\"}\n");
  } else if (!strcmp(f[0], "connect")) {
    memset(g->handshakes, 0, sizeof g->handshakes);
    g->limit = atoi(f[2]), g->next = 0, g->failed = 0, g->began = now, g->connecting = 1;
  } else if (!strcmp(f[0], "cut")) {
    for (int i = 0; i < g->count; i++)
      if (g->conns[i].fd >= 0) forget(&g->conns[i], CLOSED, 1);
    printf("{\"did\":\"cut\"}\n");
  } else if (!strcmp(f[0], "mute")) {
    for (int i = 0; i < g->count; i++)
      if (g->conns[i].fd >= 0) g->conns[i].muted = 1, watch(&g->conns[i], EPOLL_CTL_MOD, 0);
    printf("{\"did\":\"mute\"}\n");
  } else if (!strcmp(f[0], "speak")) {
    double rate = atof(f[2]);
    speaker.group = (int)(g - groups), speaker.count = atoi(f[3]);
    speaker.gap = rate > 0 ? 1e6 / rate : 0, speaker.due = now;
    printf("{\"did\":\"speak\"}\n");
  } else if (!strcmp(f[0], "begin")) {
    memset(&window, 0, sizeof window);
    window.mask = atoi(f[1]), window.open = 1, window.from = now, window.to = UINT64_MAX, window.cpu = cpu_seconds();
    closed = refused = stalled = 0;
    close_sample[0] = refusal_sample[0] = 0;
    printf("{\"did\":\"begin\"}\n");
  } else if (!strcmp(f[0], "end")) {
    window.open = 0, window.to = now, window.cpu = cpu_seconds() - window.cpu, window.answer_at = now + GRACE;
    printf("{\"did\":\"end\"}\n");
  }
}
static void commands(void) {
  static char input[8192];
  static size_t length;
  ssize_t got = read(0, input + length, sizeof input - length - 1);
  if (got <= 0) exit(0);
  length += got;
  input[length] = 0;
  char *at = input, *end;
  for (; (end = strchr(at, '\n')); at = end + 1) *end = 0, obey(at);
  memmove(input, at, length -= at - input);
}

int main(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  setvbuf(stdout, NULL, _IOLBF, 1 << 16);
  buffer = malloc(BUFFER);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event input = {.events = EPOLLIN}, events[512];
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &input);
  for (;;) {
    uint64_t now = now_us();
    int wait = 100;
    if (speaker.gap) {
      for (; speaker.due <= now; speaker.due += speaker.gap) say(now);
      wait = (int)((speaker.due - now) / 1000) + 1;
    }
    for (int i = 0; i < GROUPS; i++)
      if (groups[i].connecting) go_on(i, now);
    if (window.answer_at) {
      if (now >= window.answer_at || (window.delivered >= window.expected)) finish();
      else if (wait > 10) wait = 10;
    }
    int count = epoll_wait(epoll, events, 512, wait < 100 ? wait : 100);
    for (int i = 0; i < count; i++) {
      Conn *c = events[i].data.ptr;
      if (!c) commands();
      else {
        if (c->fd >= 0 && events[i].events & EPOLLOUT) writable(c);
        if (c->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
      }
    }
  }
}
