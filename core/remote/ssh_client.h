/* ssh_client: connection settings, a pool of sessions, and patience with machines that still boot.
 *
 *   SshClient   the provider's defaults and its idle sessions; guards itself
 *   SshLink     the way to one machine during one call: settings, and a session once there is one
 *
 * A session is used by one call at a time and goes back to the pool when its link is released.
 *
 * Connecting waits until the machine's time is up. Nothing there, a closed port and a handshake
 * that breaks off are tried again, since a machine that boots shows all of them. A host key other
 * than the pinned one is final at once; a refused user key is final after a short grace, since some
 * machines take logins before their seed is read. */
#pragma once

#include "duration.h"
#include "provider.h"

/* clang-format off */
/* The connection, as rows of an attribute table; `host_flags` joins the flags of "host". */
#define SSH_CLIENT_ATTRIBUTES(host_flags)                                                          \
    {"host",        &TYPE_STRING, REQUIRED | (host_flags),                                         \
     "Address or name of the machine.", .check = ssh_client_check_host},                           \
    {"port",        &TYPE_NUMBER, OPTIONAL,                                                        \
     "Its SSH port; the provider's, or 22, if unset.", .check = ssh_client_check_port},            \
    {"user",        &TYPE_STRING, OPTIONAL,                                                        \
     "Who to log in as; the provider's, or root, if unset.", .check = ssh_client_check_user},      \
    {"private_key", &TYPE_STRING, OPTIONAL | SENSITIVE,                                            \
     "Private key to log in with, as text; the provider's if unset.",                              \
     .check = ssh_client_check_private_key},                                                       \
    {"host_key",    &TYPE_STRING, REQUIRED,                                                        \
     "The machine's public key (\"ssh-ed25519 AAAA…\"); no other is accepted.",                    \
     .check = ssh_client_check_host_key},                                                          \
    {"timeout",     &TYPE_STRING, OPTIONAL,                                                        \
     "How long to wait for the machine to answer; the provider's, or \"5m\", if unset.",           \
     .check = duration_check}
/* clang-format on */

Str ssh_client_check_host(Value value, Arena *arena);
Str ssh_client_check_port(Value value, Arena *arena);
Str ssh_client_check_user(Value value, Arena *arena);
Str ssh_client_check_private_key(Value value, Arena *arena);
Str ssh_client_check_host_key(Value value, Arena *arena);

typedef struct SshClient SshClient;

bool ssh_client_configure(const Call *call,
                          const ConfigureRequest *request,
                          ConfigureResponse *response,
                          Diags *diags);
void ssh_client_close(void *client);

typedef struct SshLink {
    const Call *call;
    SshClient *client; /* NULL: without a pool */
    SshTarget target;
    int64_t wait_ms;      /* for the machine to answer */
    int64_t hurry_end_ms; /* monotonic time by which the machine has to have answered; 0: none */
    SshSession *session;
    bool from_pool;
    bool may_have_run; /* something was sent, and nobody heard of its end */
} SshLink;

/* Settings from an object's attributes and the provider's defaults. Does not connect. */
MUST_USE bool ssh_client_link(const Call *call, Value object, SshLink *out, Diags *diags);
/* The way to a target without a provider's settings: its session is kept by the link alone. */
SshLink ssh_client_link_target(const Call *call, const SshTarget *target, int64_t wait_ms);
/* A plan does not wait for a machine to boot. From now on connections and commands together have
 * the time that "plan_timeout" of the provider's configuration gives. */
void ssh_client_hurry(SshLink *link);
/* Each connection alone has that time; a command may take as long as the call. */
void ssh_client_hurry_connections(SshLink *link);
/* With ssh_client_hurry: the machine did not answer in time, or cannot be connected to at all. A
 * refused key is an answer. */
bool ssh_client_is_absent(const SshLink *link, SshStatus status);
/* Why a hurried link could not be used, as sentences: what happened, and how to wait longer. */
Str ssh_client_explain_absence(const SshLink *link, SshStatus status, SshProblem problem);
void ssh_client_release(SshLink *link);
/* For a command of the call: until its deadline, or stopped at that level. */
SshPatience ssh_client_patience(const SshLink *link, CancelLevel cancel_at);
SCOPED_TYPE(SshLink, ssh_client_release);

/* "sh -c SCRIPT loam ARGUMENT…": a script's own text never holds what users wrote. */
Str ssh_client_script(const char *script, const Str *arguments, size_t count, Arena *arena);
/* Connects where needed and runs the command. The session stays with the link unless it broke. */
SshStatus ssh_client_exec(SshLink *link,
                          const SshCommand *command,
                          SshResult *out,
                          SshProblem *problem);
/* Same, a failure becomes an error. The command's own exit status is the caller's business. */
MUST_USE bool ssh_client_run(SshLink *link,
                             const SshCommand *command,
                             SshResult *out,
                             Diags *diags);
/* Why the machine could not be used, and the way out. */
void ssh_client_explain(const SshLink *link, SshStatus status, SshProblem problem, Diags *diags);
/* At most eight sessions with one machine: its server refuses too many at once. Reads share
 * four. */
bool ssh_client_limits(const Call *call,
                       const LimitsRequest *request,
                       LimitsResponse *response,
                       Diags *diags);
/* The end of what a command wrote, without control characters, for a message. */
Str ssh_client_last_words(Str err, Str out, Arena *arena);
