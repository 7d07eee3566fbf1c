// What the load client knows: connections in groups, who speaks, and the window that is measured.
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
