#include "CLibSSH2Shims.h"
#include "watcher.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- The allocator --------------------------------------------------------------------------- */

/* Ahead of each block stands its size, so that the watcher never reads past what was asked for. */
typedef union {
    size_t size;
    max_align_t alignment;
} block;

/* How much of a fresh block is cleared: more than any packet header the watcher believes. */
enum { CLEARED = 64 };

void *ccr_allocate(size_t count) {
    if (count > SIZE_MAX / 2) return NULL;
    block *b = malloc(sizeof(block) + count);
    if (!b) return NULL;
    b->size = count;
    memset(b + 1, 0, count < CLEARED ? count : CLEARED);
    return b + 1;
}

void ccr_release(ccr_wire *wire, void *memory) {
    if (!memory) return;
    block *b = (block *)memory - 1;
    if (wire) ccr_watch(wire, memory, b->size);
    free(b);
}

static LIBSSH2_ALLOC_FUNC(on_allocate) {
    (void)abstract;
    return ccr_allocate(count);
}

static LIBSSH2_FREE_FUNC(on_free) {
    ccr_release(*abstract, ptr);
}

static LIBSSH2_REALLOC_FUNC(on_reallocate) {
    (void)abstract;
    if (!ptr) return ccr_allocate(count);
    if (count > SIZE_MAX / 2) return NULL;
    block *b = realloc((block *)ptr - 1, sizeof(block) + count);
    if (!b) return NULL;
    b->size = count;
    return b + 1;
}

/* ---- The transport callbacks ------------------------------------------------------------------ */

/* Takes everything, always: each libssh2 has another bug after a short write. */
static LIBSSH2_SEND_FUNC(on_send) {
    (void)socket;
    (void)flags;
    ccr_wire *wire = *abstract;
    uint8_t *room = ccr_queue_reserve(&wire->outgoing, length);
    if (!room) return -ENOMEM;
    memcpy(room, buffer, length);
    ccr_queue_commit(&wire->outgoing, length);
    return (ssize_t)length;
}

static LIBSSH2_RECV_FUNC(on_receive) {
    (void)socket;
    (void)flags;
    ccr_wire *wire = *abstract;
    size_t held = wire->incoming.tail - wire->incoming.head;
    if (wire->gate_closed) return -EAGAIN;
    if (held == 0) return wire->ended ? 0 : -EAGAIN;
    size_t count = held < length ? held : length;
    if (count > wire->allowance) count = wire->allowance;
    if (count == 0) return -EAGAIN;
    memcpy(buffer, wire->incoming.base + wire->incoming.head, count);
    ccr_queue_consume(&wire->incoming, count);
    if (wire->allowance != SIZE_MAX) wire->allowance -= count;
    return (ssize_t)count;
}

/* ---- Lifetimes -------------------------------------------------------------------------------- */

ccr_wire *ccr_wire_create(void) {
    ccr_wire *wire = calloc(1, sizeof *wire);
    if (wire) wire->allowance = SIZE_MAX;
    return wire;
}

void ccr_wire_destroy(ccr_wire *wire) {
    if (!wire) return;
    free(wire->incoming.base);
    free(wire->outgoing.base);
    free(wire);
}

LIBSSH2_SESSION *ccr_session_create(ccr_wire *wire) {
    LIBSSH2_SESSION *session = libssh2_session_init_ex(on_allocate, on_free, on_reallocate, wire);
    if (!session) return NULL;
    libssh2_session_set_blocking(session, 0);
    /* Deprecated in 1.11 in favour of callback_set2, which 1.10 has not. */
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_SEND, (void *)on_send);
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV, (void *)on_receive);
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
    return session;
}

uint32_t ccr_default_window(void) { return LIBSSH2_CHANNEL_WINDOW_DEFAULT; }
uint32_t ccr_default_packet(void) { return LIBSSH2_CHANNEL_PACKET_DEFAULT; }
