// Lines as they are said and heard: @@speaker.number.microseconds@@ and words up to 200 bytes.
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
