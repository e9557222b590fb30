/* Ssh: sessions with other machines, commands and tunnels in them, behind function pointers that a
 * test can replace.
 *
 * A session with `proxy_command` starts the program, and ends it when the session is closed.
 *
 * connect makes one attempt; the caller retries while a machine boots. The host key is verified
 * before the user name is sent. The configuration of ssh is not read, and the caller passes the
 * text of known_hosts files. Credentials are offered in this order: private key (with its
 * certificate, then without), keys of the agent, password. Nothing else is tried, because each
 * attempt counts against MaxAuthTries of the server.
 *
 * Several threads may use a session at once. Each session has one thread, which moves all data,
 * sends keepalives and detects a lost connection; callbacks run in the thread of the caller. Close
 * each session, also a broken one, when no call uses it.
 *
 * Functions return an SshStatus; unless it is SSH_DONE, *problem has the details. Texts of *problem
 * contain no control characters; the output of a command is unchanged. Results are in `arena`. */
#pragma once

#include "ssh_command.h"
#include "ssh_target.h"

typedef struct SshSession SshSession;

typedef struct Ssh {
    void *self;
    /* `via`: the session with a jump host that reaches the target; NULL: connects directly. The new
     * session must be closed before `via`. */
    SshStatus (*connect)(void *self, const SshTarget *target, SshSession *via, SshTimeout timeout,
                         SshSession **out, SshProblem *problem, Arena *arena);
    /* Runs a command and waits for its end. SSH_BUSY: the command did not run, because the server
     * allows no further channel in this session. After SSH_TIMED_OUT, SSH_CANCELLED and SSH_BUSY
     * the session can still be used. */
    SshStatus (*exec)(void *self, SshSession *session, const SshCommand *command, SshResult *out,
                      SshProblem *problem, Arena *arena);
    /* Listens on a free port of 127.0.0.1. Each connection to it is forwarded to host:port as seen
     * from the machine, until the session is closed. */
    SshStatus (*tunnel)(void *self, SshSession *session, Str host, uint16_t port,
                        uint16_t *out_port, SshProblem *problem, Arena *arena);
    /* Returns false if the connection is known to be lost. A lost connection may not be detected
     * yet. */
    bool (*is_alive)(void *self, SshSession *session);
    void (*close)(void *self, SshSession *session); /* accepts NULL */
    /* Waits, at most 5 seconds, until the proxy commands of closed sessions have ended. NULL: there
     * are none. */
    void (*settle)(void *self);
} Ssh;

/* The first session loads the plugin. If that fails, `connect` returns SSH_NO_CLIENT. */
extern const Ssh ssh_real;
#define SSH_PLUGIN "loam-libssh.so" /* exports the symbols libssh_ssh and libssh_key_text */
/* The sessions in that plugin. A test program may contain them; then it loads nothing. */
extern const Ssh libssh_ssh __attribute__((weak));

/* Quotes one word for any POSIX shell: 'it'\''s'. */
Str ssh_quote(Str text, Arena *arena);
/* Returns "10.0.0.2:22" or "[::1]:22". */
Str ssh_endpoint(Str host, uint16_t port, Arena *arena);
