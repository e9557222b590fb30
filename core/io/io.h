/* Io: the effects on files, time, programs, hosts, web servers and databases, behind structs of
 * function pointers that tests replace (tests/fake). Libraries of providers (libvirt) bypass it.
 * main.c creates the real one and passes it down. */
#pragma once

#include "cancel.h"
#include "clock.h"
#include "database.h"
#include "disk.h"
#include "http.h"
#include "process.h"
#include "rpc.h"
#include "ssh.h"

struct Keeper;
struct SshShare;

typedef struct Io {
    const Disk *disk;
    const Clock *clock;
    const Process *process;
    const Ssh *ssh;
    const Http *http;
    const Database *database;
    const Rpc *rpc;
    struct Keeper *keeper; /* of this run (io/keeper/keeper.h); NULL: nothing is changed */
    struct SshShare
        *ssh_share; /* of this run (remote/ssh_share.h); NULL: each provider has its own */
} Io;

/* Returns the operations of this machine, without keeper and ssh_share. */
Io io_real(void);
