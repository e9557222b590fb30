/* Io: every effect that the engine has on the world, behind structs of operations that a test can
 * fake (tests/fake). main.c builds the real one and hands it down. */
#pragma once

#include "cancel.h"
#include "clock.h"
#include "database.h"
#include "disk.h"
#include "http.h"
#include "process.h"
#include "ssh.h"

typedef struct Io {
    const Disk *disk;
    const Clock *clock;
    const Process *process;
    const Ssh *ssh;
    const Http *http;         /* NULL until somebody chooses a client: http_on_first_use */
    const Database *database; /* the same: database_on_first_use */
} Io;

/* The machine that loam runs on. */
Io io_real(void);
