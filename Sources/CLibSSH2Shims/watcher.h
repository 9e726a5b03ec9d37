#ifndef CCR_WATCHER_H
#define CCR_WATCHER_H

#include "CLibSSH2Shims.h"

/* Notes what a decrypted packet says. memory may be any block that libssh2 frees, packet or not. */
void ccr_watch(ccr_wire *wire, const uint8_t *memory, size_t size);

#endif
