#include "CLibSSH2Shims.h"
#include "watcher.h"

#include <stdlib.h>
#include <string.h>

/* ---- Public key -------------------------------------------------------------------------------- */

enum { MSG_USERAUTH_REQUEST = 50, NUMBER = 4 };

static uint32_t number_at(const uint8_t *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void put_number(uint8_t *b, size_t value) {
    for (int i = 0; i < NUMBER; i++) b[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* libssh2 takes the name from the start of the key, asks for room for the request, and copies the key
 * there: in between, the key becomes what it is. */
int ccr_public_key(ccr_wire *wire, LIBSSH2_SESSION *session, const char *user, const uint8_t *blob,
                   size_t length, const char *announced,
                   LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC((*sign)), void *signer) {
    size_t name_length = announced ? strlen(announced) : 0;
    if (!announced || NUMBER + name_length > length) {
        return libssh2_userauth_publickey(session, user, blob, length, sign, signer);
    }
    uint8_t *room = malloc(length);
    if (!room) return LIBSSH2_ERROR_ALLOC;
    memcpy(room, blob, length);
    put_number(room, name_length);
    memcpy(room + NUMBER, announced, name_length);
    wire->key.room = room;
    wire->key.blob = blob;
    wire->key.length = length;
    int code = libssh2_userauth_publickey(session, user, room, length, sign, signer);
    wire->key.room = NULL;
    wire->key.blob = NULL;
    free(room);
    return code;
}

void *ccr_stand_in(ccr_wire *wire, const uint8_t *bytes, size_t length, size_t offset,
                   size_t name_length, size_t *stand_in_length) {
    /* What libssh2 adds: the name and the inner signature each have a length ahead. */
    size_t added = NUMBER + name_length + NUMBER;
    if (length <= added || length > UINT32_MAX) return NULL;
    ccr_forget_signature(wire);
    *stand_in_length = length - added;
    uint8_t *copy = malloc(length);
    void *stand_in = ccr_allocate(*stand_in_length);
    if (!copy || !stand_in) {
        free(copy);
        ccr_release(NULL, stand_in);
        return NULL;
    }
    memcpy(copy, bytes, length);
    memset(stand_in, 0, *stand_in_length);
    wire->signature.stand_in = stand_in;
    wire->signature.bytes = copy;
    wire->signature.length = length;
    wire->signature.offset = offset;
    wire->signature.name_length = name_length;
    return stand_in;
}

/* Whatever else libssh2 holds, only its request has all the lengths where they belong. */
bool ccr_put_signature(ccr_wire *wire, uint8_t *memory, size_t size) {
    size_t length = wire->signature.length, offset = wire->signature.offset;
    if (size < NUMBER + length || offset > size - NUMBER - length) return false;
    if (memory[0] != MSG_USERAUTH_REQUEST) return false;
    uint8_t *field = memory + offset;
    uint8_t *inner = field + NUMBER + NUMBER + wire->signature.name_length;
    if (number_at(field) != length || number_at(field + NUMBER) != wire->signature.name_length
        || number_at(inner) != length - NUMBER - NUMBER - wire->signature.name_length) return false;
    memcpy(field + NUMBER, wire->signature.bytes, length);
    return true;
}

void ccr_forget_signature(ccr_wire *wire) {
    free(wire->signature.bytes);
    wire->signature.bytes = NULL;
    wire->signature.stand_in = NULL;
}

/* ---- Keyboard-interactive ---------------------------------------------------------------------- */

/* The prompt of libssh2 before 1.11, and from it on; the name of the shared object is the same. The
 * header that this is compiled with has one of the two. */
typedef struct {
    char *text;
    unsigned int length;
    unsigned char echo;
} narrow_prompt;

typedef struct {
    unsigned char *text;
    size_t length;
    unsigned char echo;
} wide_prompt;

/* The response of all versions: only the prompt has changed. */
typedef LIBSSH2_USERAUTH_KBDINT_RESPONSE response;

static bool is_wide(void) { return libssh2_version(0x010b00) != NULL; }

static ccr_prompt text(const char *start, int length) {
    ccr_prompt prompt = {(const uint8_t *)start, start && length > 0 ? (size_t)length : 0, false};
    return prompt;
}

/* The parameters are those of 1.10; of the two that differ only the pointers are used. Versions from 1.11
 * on pass int lengths as well. */
static LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC(on_questions) {
    ccr_wire *wire = *abstract;
    ccr_questions questions = {
        .name = text(name, name_len),
        .instruction = text(instruction, instruction_len),
        .count = num_prompts > 0 ? (size_t)num_prompts : 0,
        .prompts = prompts,
        .responses = responses,
    };
    /* What the answers take is bounded by who gives them. */
    wire->reads_questions = false;
    wire->ask(wire->asker, &questions);
    wire->reads_questions = true;
}

int ccr_keyboard_interactive(ccr_wire *wire, LIBSSH2_SESSION *session, const char *user, size_t length,
                             ccr_ask ask, void *asker) {
    wire->ask = ask;
    wire->asker = asker;
    wire->reads_questions = true;
    wire->holds_secrets = true;
    int code = libssh2_userauth_keyboard_interactive_ex(session, user, (unsigned int)length,
                                                        on_questions);
    wire->holds_secrets = false;
    wire->reads_questions = false;
    wire->ask = NULL;
    wire->asker = NULL;
    return code;
}

ccr_prompt ccr_question(const ccr_questions *questions, size_t index) {
    ccr_prompt prompt = {NULL, 0, false};
    if (index >= questions->count) return prompt;
    if (is_wide()) {
        const wide_prompt *p = (const wide_prompt *)questions->prompts + index;
        prompt = (ccr_prompt){p->text, p->text ? p->length : 0, p->echo != 0};
    } else {
        const narrow_prompt *p = (const narrow_prompt *)questions->prompts + index;
        prompt = (ccr_prompt){(const uint8_t *)p->text, p->text ? p->length : 0, p->echo != 0};
    }
    return prompt;
}

bool ccr_answer(ccr_questions *questions, size_t index, const uint8_t *bytes, size_t length) {
    if (index >= questions->count || length > UINT32_MAX) return false;
    /* libssh2 frees it through the allocator of its session, which is ours. */
    char *copy = ccr_allocate(length);
    if (!copy) return false;
    if (length) memcpy(copy, bytes, length);
    response *r = (response *)questions->responses + index;
    *r = (response){copy, (unsigned int)length};
    return true;
}

/* ---- Password ---------------------------------------------------------------------------------- */

/* Without it libssh2 calls an expired password a wrong one. No new one is given. */
static LIBSSH2_PASSWD_CHANGEREQ_FUNC(on_expired) {
    (void)session;
    (void)abstract;
    *newpw = NULL;
    *newpw_len = 0;
}

int ccr_password(ccr_wire *wire, LIBSSH2_SESSION *session, const char *user, size_t length,
                 const uint8_t *password, size_t password_length) {
    wire->holds_secrets = true;
    int code = libssh2_userauth_password_ex(session, user, (unsigned int)length,
                                            (const char *)password, (unsigned int)password_length,
                                            on_expired);
    wire->holds_secrets = false;
    return code;
}
