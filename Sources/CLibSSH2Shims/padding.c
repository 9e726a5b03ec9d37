/* Random bytes for the padding of packets out of portions of libcrypto's generator, as arc4random(3) has them
 * of the kernel's for ssh.
 *
 * libssh2 asks the generator once a packet, and where the processor has slept meanwhile, as between two keys,
 * that takes as long as all of the encryption. What is larger than padding, as all keys are, never comes out of
 * a portion. */

#define _GNU_SOURCE 1 /* explicit_bzero, RTLD_DEFAULT */
#include "CLibSSH2Shims.h"

#if __has_include(<openssl/rand.h>)

#include <dlfcn.h>
#include <openssl/rand.h>
#include <string.h>

/* LARGEST: RFC 4253, 6: the least padding that there is, and what fills a block of the cipher. */
enum { PORTION = 2048, LARGEST = 4 + 15 };

static const RAND_METHOD *generator;

/* Each thread has its portion; no process forks to go on without an exec, and with the same one. */
static int take(unsigned char *room, int count) {
    static _Thread_local struct { unsigned char bytes[PORTION]; int left; } portion;
    if (count < 0 || count > LARGEST) return generator->bytes(room, count);
    if (count > portion.left) {
        portion.left = 0;
        if (generator->bytes(portion.bytes, PORTION) != 1) return 0;
        portion.left = PORTION;
    }
    portion.left -= count;
    memcpy(room, portion.bytes + portion.left, (size_t)count);
    explicit_bzero(portion.bytes + portion.left, (size_t)count);
    return 1;
}

void ccr_take_padding_in_portions(void) {
    static RAND_METHOD method;
    const RAND_METHOD *(*generator_of_libcrypto)(void);
    int (*set_method)(const RAND_METHOD *);
    /* Not linked: which libcrypto it is, and whether there is one, is up to libssh2. */
    *(void **)&generator_of_libcrypto = dlsym(RTLD_DEFAULT, "RAND_OpenSSL");
    *(void **)&set_method = dlsym(RTLD_DEFAULT, "RAND_set_rand_method");
    if (generator || !generator_of_libcrypto || !set_method) return;
    generator = generator_of_libcrypto();
    if (!generator || !generator->bytes) return;
    method = *generator;
    method.bytes = take;
    method.pseudorand = take;
    set_method(&method);
}

#else

void ccr_take_padding_in_portions(void) {}

#endif
