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
