#define _GNU_SOURCE
#include "CTestServerShims.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int test_server_spawn(pid_t *pid, const char *program, char *const arguments[], char *const environment[],
                      const char *folder, const int files[3], const char *terminal) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int failure = posix_spawn_file_actions_init(&actions);

    if (failure) return failure;
    if ((failure = posix_spawnattr_init(&attributes))) {
        posix_spawn_file_actions_destroy(&actions);
        return failure;
    }
    sigemptyset(&none);
    sigfillset(&all);
    failure = posix_spawnattr_setsigmask(&attributes, &none);
    if (!failure) failure = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!failure)
        failure = posix_spawnattr_setflags(&attributes,
                                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!failure && folder) failure = posix_spawn_file_actions_addchdir_np(&actions, folder);
    for (int i = 0; i < 3 && !failure; i++) {
        if (!terminal)
            failure = posix_spawn_file_actions_adddup2(&actions, files[i], i);
        else if (i == 0) /* without O_NOCTTY a session's leader gets the terminal it opens as its controlling one */
            failure = posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0);
        else
            failure = posix_spawn_file_actions_adddup2(&actions, 0, i);
    }
    if (!failure) failure = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    if (!failure) failure = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

int test_server_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int test_server_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

int test_server_open_terminal(char *name, size_t size) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (master < 0) return -1;
    if (grantpt(master) || unlockpt(master) || ptsname_r(master, name, size)) {
        close(master);
        return -1;
    }
    return master;
}

int test_server_wait_for_hangup(int socket) {
    struct pollfd entry = {socket, POLLRDHUP, 0};

    return poll(&entry, 1, -1);
}
