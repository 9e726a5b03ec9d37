/* What libssh2 knows of the packet that it reads, which it tells nobody: the callbacks show where that
 * stands. transport.c hands RECV the rest of a buffer in the session, and behind that buffer is the record of
 * the packet, laid out alike from 1.10 to 1.11.1. Nothing depends on it but what is refused. */

#include "watcher.h"

#include <string.h>

typedef struct {
    size_t write_index, read_index;
    uint32_t packet_length;
    uint8_t padding_length;
    size_t data_count, total_count;
    const uint8_t *payload, *write_pointer;
} record;

/* The first bytes of a packet as they came stand between the buffer and the record. */
enum { FIRST_BYTES = 5 };

/* No packet is shorter, with keys or without (RFC 4253, 6), and with keys its MAC comes behind that. */
enum { SHORTEST_PACKET = 16 };

enum { MSG_EXT_INFO = 7 };

void ccr_note_buffer(ccr_wire *wire, const void *buffer, size_t length) {
    if (!wire->session || wire->packet) return;
    uintptr_t start = (uintptr_t)wire->session, end = (uintptr_t)buffer + length;
    /* A line of the identification is read into a byte elsewhere. */
    if ((uintptr_t)buffer < start) return;
    uintptr_t place = (end + FIRST_BYTES + sizeof(size_t) - 1) / sizeof(size_t) * sizeof(size_t);
    if (place + sizeof(record) > start + ccr_size(wire->session)) return;
    wire->packet = (const void *)place;
}

/* Packets with a MAC that is not over the encrypted one are whole blocks with their length (RFC 4253, 6). */
static size_t block_size(LIBSSH2_SESSION *session) {
    const char *cipher = libssh2_session_methods(session, LIBSSH2_METHOD_CRYPT_SC);
    const char *code = libssh2_session_methods(session, LIBSSH2_METHOD_MAC_SC);
    if (!cipher || !code || strstr(code, "-etm@")) return 1;
    if (strncmp(cipher, "aes", 3) == 0) return strstr(cipher, "-gcm") ? 1 : 16;
    return strncmp(cipher, "3des", 4) == 0 ? 8 : 1;
}

bool ccr_is_misfit(const ccr_wire *wire, size_t count) {
    enum { SHORTEST_CODE = 12, LONGEST_CODE = 64 };
    const record *packet = wire->packet;
    if (!packet || packet->packet_length == 0) return false;
    size_t length = packet->packet_length;
    /* Room for a packet without its first byte, and for its MAC: before there are keys it has none. */
    if (count < length - 1 + SHORTEST_CODE || count > length - 1 + LONGEST_CODE) return false;
    if ((length + 4) % 16 == 0) return false;
    return (length + 4) % block_size(wire->session) != 0;
}

size_t ccr_payload_length(const ccr_wire *wire, const uint8_t *memory, size_t size) {
    const record *packet = wire->packet;
    if (!packet || packet->payload != memory || packet->total_count > size) return size;
    size_t rest = (size_t)packet->padding_length + 1;
    if (packet->packet_length < rest || packet->packet_length - rest > size) return size;
    return packet->packet_length - rest;
}

/* ---- Ahead of libssh2 -------------------------------------------------------------------------- */

/* From 1.11 on libssh2 reads a server's extensions (RFC 8308, 2.3), in as many rounds as it says that there are
 * of them: 4 Gi of nothing keep it for half a minute, and no deadline or signal is heard. So the end of a packet
 * is handed out apart from its beginning, which is looked at in between. */
static bool reads_extensions(void) {
    return libssh2_version(0x010b00) != NULL;
}

static uint32_t number_at(const uint8_t *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Whether a payload announces more extensions than it has room for: each takes two lengths at least. */
static bool is_boundless(const uint8_t *payload, size_t length) {
    enum { NUMBERED = 1 + 4, SHORTEST_EXTENSION = 4 + 4 };
    if (length < NUMBERED || payload[0] != MSG_EXT_INFO) return false;
    return number_at(payload + 1) > (length - NUMBERED) / SHORTEST_EXTENSION;
}

/* A packet without keys may be over with its first bytes; until the handshake is, there can be one. */
static bool begins_boundless(const ccr_wire *wire, const uint8_t *bytes) {
    if (wire->host_key.blob) return false;
    size_t length = number_at(bytes), rest = (size_t)bytes[4] + 1;
    if (length + 4 > SHORTEST_PACKET || length < rest) return false;
    return is_boundless(bytes + 5, length - rest);
}

ptrdiff_t ccr_portion(const ccr_wire *wire, const uint8_t *bytes, size_t held) {
    const record *packet = wire->packet;
    if (!packet || !reads_extensions()) return PTRDIFF_MAX;
    if (packet->total_count == 0) {
        if (held < SHORTEST_PACKET) return wire->ended ? PTRDIFF_MAX : 0;
        return begins_boundless(wire, bytes) ? -1 : SHORTEST_PACKET;
    }
    size_t taken = packet->data_count + packet->write_index - packet->read_index;
    if (!packet->payload || taken >= packet->total_count) return PTRDIFF_MAX;
    size_t rest = (size_t)packet->padding_length + 1;
    bool has_numbers = packet->data_count >= 1 + 4 && packet->packet_length > rest;
    if (has_numbers && is_boundless(packet->payload, packet->packet_length - rest)) return -1;
    return (ptrdiff_t)(packet->total_count - taken);
}
