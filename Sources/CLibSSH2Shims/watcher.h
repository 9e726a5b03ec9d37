#ifndef CCR_WATCHER_H
#define CCR_WATCHER_H

#include "CLibSSH2Shims.h"

/* Notes what a decrypted packet says. memory may be any block that libssh2 frees, packet or not. */
void ccr_watch(ccr_wire *wire, const uint8_t *memory, size_t size);

/* The same for a block that libssh2 still holds, which only tells a banner. */
void ccr_watch_for_banner(ccr_wire *wire, const uint8_t *memory, size_t size);

/* Takes bytes out of a block that is a packet with data of that channel and stream; 0 for any other. They
 * go into room, or nowhere when that is NULL. */
size_t ccr_take_from_packet(uint8_t *memory, size_t size, uint32_t channel, uint32_t stream,
                            uint8_t *room, size_t count);

/* Remembers where the session keeps its packet, by the buffer that it reads into. */
void ccr_note_buffer(ccr_wire *wire, const void *buffer, size_t length);

/* Whether count is the room for a packet that is not made of whole blocks: libssh2 would abort(3). */
bool ccr_is_misfit(const ccr_wire *wire, size_t count);

/* How many bytes libssh2 may be handed of those that are held: 0 to wait for more, less than that where it would
 * be lost in the packet under way. */
ptrdiff_t ccr_portion(const ccr_wire *wire, const uint8_t *bytes, size_t held);

/* How much of a block is the payload, where that is the packet just read: behind it are padding and MAC. */
size_t ccr_payload_length(const ccr_wire *wire, const uint8_t *memory, size_t size);

/* The size that a block was asked for. */
size_t ccr_size(const void *memory);

/* Puts the signature that is to stand there into a block, if that is the request that holds its stand-in. */
bool ccr_put_signature(ccr_wire *wire, uint8_t *memory, size_t size);
void ccr_forget_signature(ccr_wire *wire);

/* Whether a block is a server's questions (SSH_MSG_USERAUTH_INFO_REQUEST) whose name is said to have this
 * length, which is more than there is. */
bool ccr_names_more_than(size_t count, const uint8_t *memory, size_t size);

#endif
