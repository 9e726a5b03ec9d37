#ifndef CLIBSSH2_SHIMS_H
#define CLIBSSH2_SHIMS_H

/* The C that Swift cannot write: libssh2's transport callbacks over two byte queues, and an allocator
 * that looks at each decrypted packet on its way out (the packet watcher). One thread owns a wire. */

#include <libssh2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Byte queues --------------------------------------------------------------------------- */

/* A growing first-in first-out queue; the bytes [head, tail) of base are in it. */
typedef struct {
    uint8_t *base;
    size_t head, tail, size;
} ccr_queue;

/* Room for count more bytes at the tail, or NULL without memory. */
uint8_t *ccr_queue_reserve(ccr_queue *queue, size_t count);
/* Counts bytes written into reserved room as queued. */
void ccr_queue_commit(ccr_queue *queue, size_t count);
/* Drops bytes from the head. */
void ccr_queue_consume(ccr_queue *queue, size_t count);

/* ---- What the packets told ------------------------------------------------------------------ */

/* CCR_AGENT_CHANNELS: more than one batch of what the relay lets libssh2 read can open. */
enum { CCR_SIGNAL_NAME_MAX = 31, CCR_TEXT_MAX = 4096, CCR_CHANNELS = 80, CCR_AGENT_CHANNELS = 256 };

/* How one channel ended, by the server's own words (RFC 4254, 6.10). */
typedef struct {
    bool watched;             /* the place is taken */
    uint32_t number;          /* the channel's local number */
    bool closed;              /* SSH_MSG_CHANNEL_CLOSE came */
    bool has_exit_status;     /* "exit-status" came */
    uint32_t exit_status;     /* the first one, or the first that is not 0 */
    bool has_exit_signal;     /* "exit-signal" came */
    char exit_signal[CCR_SIGNAL_NAME_MAX + 1];  /* "TERM"; empty when the packet was malformed */
    uint32_t refusals;        /* how many SSH_MSG_CHANNEL_FAILURE came */
    uint64_t freed[2];        /* bytes of data in the packets that libssh2 was done with, by stream */
    uint64_t read[2];         /* bytes of data that libssh2 has handed out, by stream */
} ccr_channel_facts;

/* A text of the server's, cut at CCR_TEXT_MAX, not cleaned, not terminated. */
typedef struct {
    bool present;
    size_t length;
    uint8_t bytes[CCR_TEXT_MAX];
} ccr_text;

/* A channel that the server has opened to the agent of this side. */
typedef struct {
    LIBSSH2_CHANNEL *channel;
    uint32_t number;          /* its local number */
} ccr_agent_channel;

/* ---- The wire ------------------------------------------------------------------------------- */

/* A ring of the blocks that libssh2 holds, the oldest first; the wire itself is its knot. */
typedef struct ccr_links {
    struct ccr_links *next, *previous;
} ccr_links;

struct ccr_questions;
typedef void (*ccr_ask)(void *asker, struct ccr_questions *questions);

typedef struct {
    ccr_queue incoming;       /* from the peer, not yet read by libssh2 */
    ccr_queue outgoing;       /* from libssh2, not yet sent to the peer */
    size_t allowance;         /* how many incoming bytes RECV may still hand out */
    bool gate_closed;         /* RECV answers -EAGAIN whatever is there */
    bool ended;               /* no more bytes will come: RECV answers 0 once the queue is empty */
    bool forged;              /* a packet came with a wrong MAC: the watcher believes nothing any more */
    ccr_channel_facts channels[CCR_CHANNELS];  /* the channels that are open */
    ccr_text banner;          /* SSH_MSG_USERAUTH_BANNER, all of them joined */
    uint32_t failures;        /* how many SSH_MSG_USERAUTH_FAILURE came */
    ccr_text methods;         /* the name-list of the last one */
    bool partial_success;     /* that failure said so */
    ccr_text open_failure;    /* the description of the last SSH_MSG_CHANNEL_OPEN_FAILURE */
    uint32_t open_failure_reason;
    ccr_text disconnect;      /* the description of SSH_MSG_DISCONNECT */
    uint32_t disconnect_reason;
    ccr_links held;           /* what libssh2 has allocated and not yet freed */
    bool holds_secrets;       /* what is freed now may hold what somebody typed: it is wiped */
    bool reads_questions;     /* no more is allocated now than a server's questions can need */
    ccr_ask ask;              /* answers the questions that libssh2 reads */
    void *asker;
    /* What a public key is to hold once libssh2 has taken the algorithm's name from it. */
    struct { uint8_t *room; const uint8_t *blob; size_t length; } key;
    /* What is to stand in a request in place of the signature that libssh2 composes. */
    struct { void *stand_in; uint8_t *bytes; size_t length, offset, name_length; } signature;
    LIBSSH2_SESSION *session; /* until it is about to end */
    const void *packet;       /* where the session keeps what it knows of the packet that it reads */
    uint32_t next_channel;    /* the local number of the channel that is opened next, by whom ever */
    /* Those that the server has opened to the agent, and nobody has taken yet. */
    struct { bool accepts; size_t count; ccr_agent_channel channels[CCR_AGENT_CHANNELS]; } agent;
    /* The host key of the first key exchange, which every later one has to show. */
    struct { uint8_t *blob; size_t length; } host_key;
} ccr_wire;

ccr_wire *ccr_wire_create(void);
void ccr_wire_destroy(ccr_wire *wire);

/* A non-blocking session over the wire, or NULL without memory. The wire must outlive it. */
LIBSSH2_SESSION *ccr_session_create(ccr_wire *wire);

/* Keeps the host key of the handshake; false without memory, or where the session has none. */
bool ccr_keep_host_key(ccr_wire *wire);
/* Whether the session's host key is the one that was kept, or none was. libssh2 takes any that signs when
 * keys are renewed; from then on the watcher believes nothing. */
bool ccr_host_key_holds(const ccr_wire *wire);
/* Frees the session; nothing looks into it any more then. */
void ccr_session_free(ccr_wire *wire);

/* Looks for a banner among the packets that libssh2 holds: it frees one only with the session, unless
 * it is asked for the methods, which costs a round trip. */
void ccr_watch_held(ccr_wire *wire);

/* Counts bytes that libssh2 has handed out: of a packet that it reads in part, the rest is still to take. */
void ccr_count_read(ccr_wire *wire, uint32_t channel, uint32_t stream, size_t count);

/* Takes a channel's data from the packets that libssh2 holds, as much as there is room for: once it has
 * seen SSH_MSG_DISCONNECT it hands out nothing that came before. 0 unless it has, and when all is taken. */
size_t ccr_take_data(ccr_wire *wire, uint32_t channel, uint32_t stream, uint8_t *room, size_t count);

/* Watches a channel from now on; false when CCR_CHANNELS are watched already. What packets say of one that
 * is not watched counts for nothing: those before the key exchange are anybody's. */
bool ccr_watch_channel(ccr_wire *wire, uint32_t number);
void ccr_forget_channel(ccr_wire *wire, uint32_t number);
/* What is known of a channel, or NULL when it is not watched. */
ccr_channel_facts *ccr_facts_of_channel(ccr_wire *wire, uint32_t number);

/* The local number of a channel that is asked for now: libssh2 counts those of both sides together. */
uint32_t ccr_next_channel(ccr_wire *wire);

/* Whether this libssh2 can take the channels that a server opens to an agent. */
bool ccr_can_take_agent_channels(void);
/* From now on takes such channels, or refuses them. */
void ccr_take_agent_channels(ccr_wire *wire, bool accepts);
/* Hands out one that came; false when there is none. */
bool ccr_next_agent_channel(ccr_wire *wire, ccr_agent_channel *channel);

/* Memory that libssh2 may free, for results of its callbacks. */
void *ccr_allocate(size_t count);
/* Frees what ccr_allocate or a session's allocator handed out, after the watcher has looked at it. */
void ccr_release(ccr_wire *wire, void *memory);

/* ---- Padding -------------------------------------------------------------------------------- */

/* RFC 4253, 6: the least padding that there is, and what fills a block of the cipher. */
enum { CCR_PADDING_MAX = 4 + 15 };

/* Random bytes to be handed out, from the end; those that were are wiped. */
typedef struct {
    uint8_t bytes[2048];
    int left;
} ccr_random_portion;

/* Fills the room with random bytes; 1, or 0 where there are none. */
typedef int (*ccr_generator)(uint8_t *room, int count);

/* Random bytes out of the portion, which is renewed where too few are left; more than CCR_PADDING_MAX come from
 * the generator itself. 1, or 0 where that has none. */
int ccr_take_random(ccr_random_portion *portion, uint8_t *room, int count, ccr_generator generator);

/* Has libssh2 take the padding of packets out of portions, where it stands on libcrypto 3 and nobody has configured
 * another generator for that; before there is a session. */
void ccr_take_padding_in_portions(void);

/* ---- Logging in ----------------------------------------------------------------------------- */

/* A text of the server's, neither cleaned nor terminated; it stays as long as the call that shows it. */
typedef struct {
    const uint8_t *text;
    size_t length;
    bool echoes;              /* of a prompt: the answer may be seen */
} ccr_prompt;

/* One SSH_MSG_USERAUTH_INFO_REQUEST (RFC 4256, 3.2). */
typedef struct ccr_questions {
    ccr_prompt name, instruction;
    size_t count;             /* at most 100, or libssh2 refuses */
    const void *prompts;      /* libssh2's own, in the layout of its version */
    void *responses;
} ccr_questions;

/* Logs in by keyboard-interactive, to be repeated on LIBSSH2_ERROR_EAGAIN; ask is called for each request
 * and answers it with ccr_answer. */
int ccr_keyboard_interactive(ccr_wire *wire, LIBSSH2_SESSION *session, const char *user, size_t length,
                             ccr_ask ask, void *asker);
ccr_prompt ccr_question(const ccr_questions *questions, size_t index);
/* Answers a question; false without memory. What is not answered is answered with nothing. */
bool ccr_answer(ccr_questions *questions, size_t index, const uint8_t *bytes, size_t length);

/* Logs in by public key, as libssh2_userauth_publickey does. Where announced is not NULL, it is the name
 * of the algorithm that the request says instead of that in the blob, and no longer than that blob. */
int ccr_public_key(ccr_wire *wire, LIBSSH2_SESSION *session, const char *user, const uint8_t *blob,
                   size_t length, const char *announced,
                   LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC((*sign)), void *signer);

/* What a sign callback hands to libssh2 where libssh2 would compose the wrong signature: memory of such a
 * length that the request gets the right one, and in the place of which the bytes (a string's contents,
 * RFC 4252, 7) are put as soon as libssh2 frees it. offset: where the request ends without a signature.
 * name_length: of the name that libssh2 puts into a signature. NULL without memory, or if it cannot be. */
void *ccr_stand_in(ccr_wire *wire, const uint8_t *bytes, size_t length, size_t offset,
                   size_t name_length, size_t *stand_in_length);

/* Logs in by password, to be repeated with the same on LIBSSH2_ERROR_EAGAIN. After
 * LIBSSH2_ERROR_PASSWORD_EXPIRED the session is good for nothing more. */
int ccr_password(ccr_wire *wire, LIBSSH2_SESSION *session, const char *user, size_t length,
                 const uint8_t *password, size_t password_length);

/* ---- What Glibc's module lacks ------------------------------------------------------------------ */

/* A pipe whose ends no program that another thread starts inherits (pipe2, O_CLOEXEC); -1 and errno where
 * it cannot be. Where there is no pipe2, another thread may come between its two steps. */
int ccr_pipe(int ends[2]);

/* ---- Constants that Swift's importer cannot see ----------------------------------------------- */

/* libssh2's default receive window, 2 MiB, in bytes. */
uint32_t ccr_default_window(void);
uint32_t ccr_default_packet(void);

#endif
