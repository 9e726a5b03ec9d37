#ifndef CLIBSSH2_H
#define CLIBSSH2_H

#include <libssh2.h>

#endif
