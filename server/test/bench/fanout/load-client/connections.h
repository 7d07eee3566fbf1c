// Connections from the first packet to the last frame.
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
