/* Random bytes for the padding of packets, out of portions of libcrypto's generator.
 *
 * libssh2 asks the generator once a packet, and where the processor has slept meanwhile, as between two keys,
 * that takes as long as all of the encryption. What is larger than padding, as all keys are, comes from
 * libcrypto's generator for private values, and never out of a portion. */

#define _GNU_SOURCE 1 /* explicit_bzero, RTLD_DEFAULT */
#include "CLibSSH2Shims.h"

#include <string.h>

int ccr_take_random(ccr_random_portion *portion, uint8_t *room, int count, ccr_generator generator) {
    if (count < 0) return 0;
    if (count > CCR_PADDING_MAX) return generator(room, count);
    if (count > portion->left) {
        portion->left = 0;
        if (generator(portion->bytes, sizeof portion->bytes) != 1) return 0;
        portion->left = sizeof portion->bytes;
    }
    portion->left -= count;
    memcpy(room, portion->bytes + portion->left, (size_t)count);
    explicit_bzero(portion->bytes + portion->left, (size_t)count);
    return 1;
}

#if __has_include(<openssl/evp.h>)
#include <openssl/opensslv.h>
#endif

#if defined(OPENSSL_VERSION_MAJOR) && OPENSSL_VERSION_MAJOR >= 3

#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>

/* Of the libcrypto that libssh2 stands on, which is not linked here: it may be another, or none. */
static struct {
    const RAND_METHOD *(*own_method)(void);
    const RAND_METHOD *(*method_in_use)(void);
    int (*use_method)(const RAND_METHOD *);
    EVP_RAND_CTX *(*private_generator)(OSSL_LIB_CTX *);
    int (*generate)(EVP_RAND_CTX *, unsigned char *, size_t, unsigned int, int, const unsigned char *, size_t);
} libcrypto;

static int generate(uint8_t *room, int count) {
    EVP_RAND_CTX *generator = libcrypto.private_generator(NULL);
    return generator && libcrypto.generate(generator, room, (size_t)count, 0, 0, NULL, 0) == 1;
}

/* Each thread has its portion; no process here forks to go on without an exec, and with the same one. */
static int take(unsigned char *room, int count) {
    static _Thread_local ccr_random_portion portion;
    return ccr_take_random(&portion, room, count, generate);
}

static void install(void) {
    static RAND_METHOD method;
    *(void **)&libcrypto.own_method = dlsym(RTLD_DEFAULT, "RAND_OpenSSL");
    *(void **)&libcrypto.method_in_use = dlsym(RTLD_DEFAULT, "RAND_get_rand_method");
    *(void **)&libcrypto.use_method = dlsym(RTLD_DEFAULT, "RAND_set_rand_method");
    *(void **)&libcrypto.private_generator = dlsym(RTLD_DEFAULT, "RAND_get0_private");
    *(void **)&libcrypto.generate = dlsym(RTLD_DEFAULT, "EVP_RAND_generate");
    if (!libcrypto.own_method || !libcrypto.method_in_use || !libcrypto.use_method) return;
    if (!libcrypto.private_generator || !libcrypto.generate) return;
    const RAND_METHOD *own = libcrypto.own_method();
    /* One that somebody has configured stays. */
    if (!own || libcrypto.method_in_use() != own) return;
    method = *own;
    method.bytes = take;
    method.pseudorand = take;
    libcrypto.use_method(&method);
}

void ccr_take_padding_in_portions(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
}

#else

void ccr_take_padding_in_portions(void) {}

#endif
