/* domain_console: the output of a starting machine, for errors: why it has no address. */
#pragma once

#include "libvirt_handle.h"
#include "str.h"

typedef struct DomainConsole {
    virStreamPtr stream; /* NULL: the machine has no console that can be read */
    StrBuf output;       /* its last bytes */
    Arena *arena;
} DomainConsole;

/* Opens the first console unless another program reads it. */
DomainConsole domain_console_open(virDomainPtr domain, Arena *arena);
/* Reads the output so far, without waiting. */
void domain_console_drain(DomainConsole *console);
/* Returns the last lines, without control characters; empty if there are none. */
Str domain_console_tail(const DomainConsole *console, Arena *arena);
void domain_console_release(DomainConsole *console);
SCOPED_TYPE(DomainConsole, domain_console_release);
