// Bytes and frames to one connection, and its end.
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
