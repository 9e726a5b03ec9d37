#ifndef CTESTSERVERSHIMS_H
#define CTESTSERVERSHIMS_H

#include <sys/types.h>

/* What Swift cannot import from glibc, which hides it behind _GNU_SOURCE. */

/* Starts a program as the leader of a session of its own, every signal at its default and unblocked, with the three
 * files as its descriptors 0 to 2 and no others. Where `terminal` is not NULL that device takes their place, and becomes
 * the session's controlling terminal. `folder` may be NULL. Returns an error number, or 0 and the child in `pid`. */
int test_server_spawn(pid_t *pid, const char *program, char *const arguments[], char *const environment[],
                      const char *folder, const int files[3], const char *terminal);

/* pipe(2) and accept(2) with close-on-exec set from the start. */
int test_server_pipe(int ends[2]);
int test_server_accept(int listener);

/* A new pseudo-terminal's master, or -1; the path of its other side in `name`. */
int test_server_open_terminal(char *name, size_t size);

/* Waits until the other side of a socket has ended the connection, reading nothing. 0, or -1 and errno. */
int test_server_wait_for_hangup(int socket);

#endif
