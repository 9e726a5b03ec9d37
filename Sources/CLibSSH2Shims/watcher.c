/* The packet watcher: libssh2 hands each decrypted packet to free() right after it has read it, on every
 * version, so an allocator sees what the API of that version does not tell: whether an exit status came
 * at all, which signal it was, what the server accepts. Blocks that are no packets pass through here too;
 * the allocator clears the first bytes of each block, so that no earlier packet can be taken for a new one.
 *
 * Message numbers and layouts: RFC 4253 (11.1), RFC 4252 (5.1, 5.4), RFC 4256 (3.2), RFC 4254 (5.1, 5.2, 5.3,
 * 5.4, 6.10). */

#include "watcher.h"

#include <string.h>

enum {
    MSG_DISCONNECT = 1,
    MSG_USERAUTH_FAILURE = 51,
    MSG_USERAUTH_BANNER = 53,
    MSG_USERAUTH_INFO_REQUEST = 60,
    MSG_CHANNEL_OPEN_FAILURE = 92,
    MSG_CHANNEL_DATA = 94,
    MSG_CHANNEL_EXTENDED_DATA = 95,
    MSG_CHANNEL_CLOSE = 97,
    MSG_CHANNEL_REQUEST = 98,
    MSG_CHANNEL_FAILURE = 100,
};

/* A reader that stops at the first field that is not all there. */
typedef struct {
    const uint8_t *next;
    size_t left;
    bool whole;
} reader;

static uint8_t read_byte(reader *r) {
    if (r->left < 1) { r->whole = false; return 0; }
    r->left -= 1;
    return *r->next++;
}

static uint32_t read_number(reader *r) {
    if (r->left < 4) { r->whole = false; r->left = 0; return 0; }
    const uint8_t *b = r->next;
    r->next += 4;
    r->left -= 4;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static const uint8_t *read_string(reader *r, size_t *length) {
    uint32_t count = read_number(r);
    if (!r->whole || count > r->left) { r->whole = false; r->left = 0; *length = 0; return NULL; }
    const uint8_t *string = r->next;
    r->next += count;
    r->left -= count;
    *length = count;
    return string;
}

static bool is(const uint8_t *string, size_t length, const char *word) {
    return string && length == strlen(word) && memcmp(string, word, length) == 0;
}

static void append(ccr_text *text, const uint8_t *bytes, size_t length) {
    if (length > CCR_TEXT_MAX - text->length) length = CCR_TEXT_MAX - text->length;
    if (length) memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->present = true;
}

static void watch_exit_status(ccr_channel_facts *facts, reader *r) {
    uint32_t status = read_number(r);
    if (!r->whole) return;
    /* The first one counts, but a failure takes a success back. */
    if (facts->has_exit_status && (facts->exit_status != 0 || status == 0)) return;
    facts->has_exit_status = true;
    facts->exit_status = status;
}

static void watch_exit_signal(ccr_channel_facts *facts, reader *r) {
    size_t length;
    const uint8_t *name = read_string(r, &length);
    if (facts->has_exit_signal) return;
    facts->has_exit_signal = true;
    if (r->whole && length <= CCR_SIGNAL_NAME_MAX) memcpy(facts->exit_signal, name, length);
}

static void watch_channel(ccr_wire *wire, reader *r, uint8_t message) {
    uint32_t number = read_number(r);
    ccr_channel_facts *facts = r->whole ? ccr_facts_of_channel(wire, number) : NULL;
    if (!facts) return;
    /* What comes behind the close is nobody's word (RFC 4254, 5.3). */
    if (facts->closed) return;
    if (message == MSG_CHANNEL_CLOSE) { facts->closed = true; return; }
    if (message == MSG_CHANNEL_FAILURE) { facts->refusals += 1; return; }
    size_t length;
    const uint8_t *type = read_string(r, &length);
    read_byte(r);
    if (!r->whole) return;
    if (is(type, length, "exit-status")) watch_exit_status(facts, r);
    if (is(type, length, "exit-signal")) watch_exit_signal(facts, r);
}

static void watch_data(ccr_wire *wire, reader *r, uint8_t message) {
    uint32_t number = read_number(r);
    uint32_t stream = message == MSG_CHANNEL_EXTENDED_DATA ? read_number(r) : 0;
    size_t length;
    read_string(r, &length);
    ccr_channel_facts *facts = r->whole ? ccr_facts_of_channel(wire, number) : NULL;
    if (facts && stream < 2) facts->freed[stream] += length;
}

static void watch_failure(ccr_wire *wire, reader *r) {
    size_t length;
    const uint8_t *names = read_string(r, &length);
    bool partial = read_byte(r) != 0;
    if (!r->whole) return;
    wire->failures += 1;
    wire->methods.length = 0;
    append(&wire->methods, names, length);
    wire->partial_success = partial;
}

static void watch_disconnect(ccr_wire *wire, reader *r) {
    uint32_t reason = read_number(r);
    size_t length;
    const uint8_t *description = read_string(r, &length);
    size_t language;
    read_string(r, &language);
    if (!r->whole || reason == 0 || wire->disconnect.present) return;
    wire->disconnect_reason = reason;
    append(&wire->disconnect, description, length);
}

static void watch_open_failure(ccr_wire *wire, reader *r) {
    read_number(r);
    uint32_t reason = read_number(r);
    size_t length;
    const uint8_t *description = read_string(r, &length);
    size_t language;
    read_string(r, &language);
    if (!r->whole || reason == 0) return;
    wire->open_failure_reason = reason;
    wire->open_failure.length = 0;
    append(&wire->open_failure, description, length);
}

static void watch_banner(ccr_wire *wire, reader *r) {
    size_t length;
    const uint8_t *message = read_string(r, &length);
    size_t language;
    read_string(r, &language);
    if (r->whole) append(&wire->banner, message, length);
}

void ccr_watch_for_banner(ccr_wire *wire, const uint8_t *memory, size_t size) {
    reader r = {memory, size, true};
    if (read_byte(&r) == MSG_USERAUTH_BANNER && r.whole) watch_banner(wire, &r);
}

void ccr_watch(ccr_wire *wire, const uint8_t *memory, size_t size) {
    reader r = {memory, size, true};
    uint8_t message = read_byte(&r);
    if (!r.whole) return;
    switch (message) {
    case MSG_DISCONNECT: watch_disconnect(wire, &r); break;
    case MSG_USERAUTH_FAILURE: watch_failure(wire, &r); break;
    case MSG_USERAUTH_BANNER: watch_banner(wire, &r); break;
    case MSG_CHANNEL_OPEN_FAILURE: watch_open_failure(wire, &r); break;
    case MSG_CHANNEL_DATA:
    case MSG_CHANNEL_EXTENDED_DATA: watch_data(wire, &r, message); break;
    case MSG_CHANNEL_CLOSE:
    case MSG_CHANNEL_FAILURE:
    case MSG_CHANNEL_REQUEST: watch_channel(wire, &r, message); break;
    default: break;
    }
}

/* The data of a packet of this channel and stream, or NULL; field is where its length stands. */
static const uint8_t *read_data(reader *r, uint32_t channel, uint32_t stream, const uint8_t **field,
                                size_t *length) {
    if (read_byte(r) != (stream ? MSG_CHANNEL_EXTENDED_DATA : MSG_CHANNEL_DATA)) return NULL;
    if (read_number(r) != channel) return NULL;
    if (stream && read_number(r) != stream) return NULL;
    *field = r->next;
    return read_string(r, length);
}

size_t ccr_take_from_packet(uint8_t *memory, size_t size, uint32_t channel, uint32_t stream,
                            uint8_t *room, size_t count) {
    reader r = {memory, size, true};
    const uint8_t *start;
    size_t length;
    const uint8_t *data = read_data(&r, channel, stream, &start, &length);
    if (!data || !r.whole) return 0;
    if (count > length) count = length;
    if (count == 0) return 0;
    if (room) memcpy(room, data, count);
    /* What is left is a packet with less in it. */
    uint8_t *field = memory + (start - memory);
    size_t left = length - count;
    memmove(field + 4, data + count, left);
    for (int i = 0; i < 4; i++) field[i] = (uint8_t)(left >> (24 - 8 * i));
    return count;
}

bool ccr_names_more_than(size_t count, const uint8_t *memory, size_t size) {
    reader r = {memory, size, true};
    if (read_byte(&r) != MSG_USERAUTH_INFO_REQUEST) return false;
    uint32_t length = read_number(&r);
    return r.whole && length == count && length > r.left;
}
