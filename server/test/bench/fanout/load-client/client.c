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
#include "world.h"
#include "wire.h"
#include "lines.h"
#include "connections.h"

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
