#define _DEFAULT_SOURCE 1 /* explicit_bzero */
#include "CLibSSH2Shims.h"
#include "watcher.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- The allocator --------------------------------------------------------------------------- */

/* Ahead of each block stands its size, so that the watcher never reads past what was asked for, and its
 * place in the ring of its wire; blocks that no session asked for are in none. */
typedef union {
    struct {
        ccr_links links;
        size_t size;
    };
    max_align_t alignment;
} block;

/* How much of a fresh block is cleared: more than any packet header the watcher believes. */
enum { CLEARED = 64 };

/* How much follows each block, all zeros: libssh2 1.10 has libcrypto read the 32 bytes of an ed25519 host key
 * whatever the length of the one that came. */
enum { MARGIN = 64 };

/* More than any packet: libssh2 refuses those of more than 40,000 bytes. */
enum { LARGEST_QUESTION = 256 << 10 };

static void hold(ccr_wire *wire, block *b) {
    b->links.next = &wire->held;
    b->links.previous = wire->held.previous;
    b->links.previous->next = &b->links;
    wire->held.previous = &b->links;
}

static void let_go(block *b) {
    if (!b->links.next) return;
    b->links.previous->next = b->links.next;
    b->links.next->previous = b->links.previous;
    b->links.next = NULL;
}

void *ccr_allocate(size_t count) {
    if (count > SIZE_MAX / 2) return NULL;
    block *b = malloc(sizeof(block) + count + MARGIN);
    if (!b) return NULL;
    b->links.next = NULL;
    b->size = count;
    memset((uint8_t *)(b + 1) + count, 0, MARGIN);
    memset(b + 1, 0, count < CLEARED ? count : CLEARED);
    return b + 1;
}

/* libssh2 has copied the stand-in into its request, which it holds, and sends it next. */
static void put_signature(ccr_wire *wire) {
    for (ccr_links *l = wire->held.next; l != &wire->held; l = l->next) {
        block *b = (block *)l;
        if (ccr_put_signature(wire, (uint8_t *)(b + 1), b->size)) break;
    }
    ccr_forget_signature(wire);
}

void ccr_release(ccr_wire *wire, void *memory) {
    if (!memory) return;
    block *b = (block *)memory - 1;
    if (wire && !ccr_host_key_holds(wire)) wire->forged = true;
    if (wire && !wire->forged) ccr_watch(wire, memory, ccr_payload_length(wire, memory, b->size));
    if (wire && memory == wire->signature.stand_in) put_signature(wire);
    if (wire && wire->holds_secrets) explicit_bzero(memory, b->size);
    let_go(b);
    free(b);
}

size_t ccr_size(const void *memory) {
    return ((const block *)memory - 1)->size;
}

void ccr_watch_held(ccr_wire *wire) {
    if (wire->forged) return;
    for (ccr_links *l = wire->held.next; l != &wire->held; l = l->next) {
        block *b = (block *)l;
        ccr_watch_for_banner(wire, (const uint8_t *)(b + 1), b->size);
    }
}

void ccr_count_read(ccr_wire *wire, uint32_t channel, uint32_t stream, size_t count) {
    ccr_channel_facts *facts = ccr_facts_of_channel(wire, channel);
    if (facts && stream < 2) facts->read[stream] += count;
}

size_t ccr_take_data(ccr_wire *wire, uint32_t channel, uint32_t stream, uint8_t *room, size_t count) {
    /* Without a DISCONNECT there may be a packet that has not all come, and is not verified. */
    if (!wire->disconnect.present || wire->forged) return 0;
    ccr_channel_facts *facts = ccr_facts_of_channel(wire, channel);
    if (!facts || stream > 1) return 0;
    /* What was read of the oldest packet, which libssh2 frees only when it has read all of it. */
    uint64_t known = facts->read[stream] > facts->freed[stream]
        ? facts->read[stream] - facts->freed[stream] : 0;
    facts->read[stream] = facts->freed[stream];
    size_t taken = 0;
    for (ccr_links *l = wire->held.next; l != &wire->held && taken < count; l = l->next) {
        block *b = (block *)l;
        uint8_t *memory = (uint8_t *)(b + 1);
        known -= ccr_take_from_packet(memory, b->size, channel, stream, NULL, known);
        taken += ccr_take_from_packet(memory, b->size, channel, stream, room + taken, count - taken);
    }
    return taken;
}

/* libssh2 1.10 believes the lengths in a server's questions: it copies a name past the end of the packet,
 * and clears room for a prompt of 4 GiB. */
static bool is_bearable(ccr_wire *wire, size_t count) {
    if (!wire->reads_questions) return true;
    if (count > LARGEST_QUESTION) return false;
    for (ccr_links *l = wire->held.next; l != &wire->held; l = l->next) {
        block *b = (block *)l;
        if (ccr_names_more_than(count, (const uint8_t *)(b + 1), b->size)) return false;
    }
    return true;
}

static LIBSSH2_ALLOC_FUNC(on_allocate) {
    ccr_wire *wire = *abstract;
    if (!is_bearable(wire, count) || ccr_is_misfit(wire, count)) return NULL;
    /* Room for the request, which comes after that for the name. */
    if (wire->key.room && count > wire->key.length) {
        memcpy(wire->key.room, wire->key.blob, wire->key.length);
        wire->key.room = NULL;
    }
    void *memory = ccr_allocate(count);
    if (memory) hold(wire, (block *)memory - 1);
    return memory;
}

static LIBSSH2_FREE_FUNC(on_free) {
    ccr_release(*abstract, ptr);
}

static LIBSSH2_REALLOC_FUNC(on_reallocate) {
    if (!ptr) return on_allocate(count, abstract);
    if (count > SIZE_MAX / 2) return NULL;
    block *old = (block *)ptr - 1;
    let_go(old);
    block *b = realloc(old, sizeof(block) + count + MARGIN);
    hold(*abstract, b ? b : old);
    if (!b) return NULL;
    b->size = count;
    memset((uint8_t *)(b + 1) + count, 0, MARGIN);
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
    ccr_note_buffer(wire, buffer, length);
    size_t held = wire->incoming.tail - wire->incoming.head;
    if (wire->gate_closed) return -EAGAIN;
    /* A session that is about to end reads on for its channels; nobody is there for what it would see. */
    if (!wire->session) return 0;
    if (held == 0) return wire->ended ? 0 : -EAGAIN;
    size_t count = held < length ? held : length;
    if (count > wire->allowance) count = wire->allowance;
    const uint8_t *bytes = wire->incoming.base + wire->incoming.head;
    ptrdiff_t portion = ccr_portion(wire, bytes, count);
    if (portion < 0) return -EPROTO;
    if (count > (size_t)portion) count = (size_t)portion;
    if (count == 0) return -EAGAIN;
    memcpy(buffer, bytes, count);
    ccr_queue_consume(&wire->incoming, count);
    if (wire->allowance != SIZE_MAX) wire->allowance -= count;
    return (ssize_t)count;
}

/* Called before a packet with a wrong MAC is freed: from here on nothing that is freed is believed, for
 * somebody in between has changed it. */
static LIBSSH2_MACERROR_FUNC(on_forgery) {
    (void)session;
    (void)packet;
    (void)packet_len;
    ccr_wire *wire = *abstract;
    wire->forged = true;
    return -1;
}

/* ---- The host key ----------------------------------------------------------------------------- */

bool ccr_keep_host_key(ccr_wire *wire) {
    free(wire->host_key.blob);
    wire->host_key.blob = NULL;
    size_t length = 0;
    int type;
    const char *blob = wire->session ? libssh2_session_hostkey(wire->session, &length, &type) : NULL;
    if (!blob || length == 0) return false;
    wire->host_key.blob = malloc(length);
    if (!wire->host_key.blob) return false;
    memcpy(wire->host_key.blob, blob, length);
    wire->host_key.length = length;
    return true;
}

bool ccr_host_key_holds(const ccr_wire *wire) {
    if (!wire->session || !wire->host_key.blob) return true;
    size_t length = 0;
    int type;
    const char *blob = libssh2_session_hostkey(wire->session, &length, &type);
    return blob && length == wire->host_key.length && memcmp(blob, wire->host_key.blob, length) == 0;
}

/* ---- Lifetimes -------------------------------------------------------------------------------- */

ccr_wire *ccr_wire_create(void) {
    ccr_wire *wire = calloc(1, sizeof *wire);
    if (!wire) return NULL;
    wire->allowance = SIZE_MAX;
    wire->held.next = wire->held.previous = &wire->held;
    return wire;
}

void ccr_wire_destroy(ccr_wire *wire) {
    if (!wire) return;
    free(wire->incoming.base);
    free(wire->outgoing.base);
    ccr_forget_signature(wire);
    free(wire->host_key.blob);
    free(wire);
}

LIBSSH2_SESSION *ccr_session_create(ccr_wire *wire) {
    LIBSSH2_SESSION *session = libssh2_session_init_ex(on_allocate, on_free, on_reallocate, wire);
    if (!session) return NULL;
    wire->session = session;
    libssh2_session_set_blocking(session, 0);
    /* Deprecated in 1.11 in favour of callback_set2, which 1.10 has not. */
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_SEND, (void *)on_send);
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV, (void *)on_receive);
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_MACERROR, (void *)on_forgery);
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
    return session;
}

void ccr_session_free(ccr_wire *wire) {
    LIBSSH2_SESSION *session = wire->session;
    wire->session = NULL;
    wire->packet = NULL;
    libssh2_session_free(session);
}

ccr_channel_facts *ccr_facts_of_channel(ccr_wire *wire, uint32_t number) {
    for (int i = 0; i < CCR_CHANNELS; i++) {
        if (wire->channels[i].watched && wire->channels[i].number == number) return &wire->channels[i];
    }
    return NULL;
}

bool ccr_watch_channel(ccr_wire *wire, uint32_t number) {
    ccr_forget_channel(wire, number);
    for (int i = 0; i < CCR_CHANNELS; i++) {
        if (wire->channels[i].watched) continue;
        wire->channels[i].watched = true;
        wire->channels[i].number = number;
        return true;
    }
    return false;
}

void ccr_forget_channel(ccr_wire *wire, uint32_t number) {
    ccr_channel_facts *facts = ccr_facts_of_channel(wire, number);
    if (facts) memset(facts, 0, sizeof *facts);
}

uint32_t ccr_default_window(void) { return LIBSSH2_CHANNEL_WINDOW_DEFAULT; }
uint32_t ccr_default_packet(void) { return LIBSSH2_CHANNEL_PACKET_DEFAULT; }
