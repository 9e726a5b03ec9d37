#include "CLibSSH2Shims.h"

#include <string.h>

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

typedef struct {
    char *text;
    unsigned int length;
} narrow_response;

typedef struct {
    char *text;
    size_t length;
} wide_response;

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
    if (is_wide()) {
        wide_response *r = (wide_response *)questions->responses + index;
        *r = (wide_response){copy, length};
    } else {
        narrow_response *r = (narrow_response *)questions->responses + index;
        *r = (narrow_response){copy, (unsigned int)length};
    }
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
