/* ssh_client: connection settings, a pool of sessions, and retries for machines that still boot.
 *
 *   SshClient   the provider's defaults, its idle sessions, and failures of connections for plans;
 *               locks itself
 *   SshLink     the connection to one machine during one call: settings, and the session once open
 *
 * One call at a time uses a session; releasing the link returns the session to the pool.
 *
 * Connecting retries until the timeout of the machine. No response, a closed port and a broken
 * handshake are retried, because a booting machine shows all of them. A host key that differs from
 * the pinned one fails at once. A rejected user key fails after 20 seconds, because some machines
 * accept logins before they have read their seed. */
#pragma once

#include "duration.h"
#include "provider.h"

/* clang-format off */
/* Rows of an attribute table for the connection; `host_flags` adds flags to "host". */
#define SSH_CLIENT_ATTRIBUTES(host_flags)                                                          \
    {"host",        &TYPE_STRING, REQUIRED | (host_flags),                                         \
     "Address or host name of the machine.", .check = ssh_client_check_host},                           \
    {"port",        &TYPE_NUMBER, OPTIONAL,                                                        \
     "SSH port (default: the provider's, then 22).", .check = ssh_client_check_port},            \
    {"user",        &TYPE_STRING, OPTIONAL,                                                        \
     "User name (default: the provider's, then root).", .check = ssh_client_check_user},      \
    {"private_key", &TYPE_STRING, OPTIONAL | SENSITIVE,                                            \
     "Private key, as text (default: the provider's).",                              \
     .check = ssh_client_check_private_key},                                                       \
    {"host_key",    &TYPE_STRING, REQUIRED,                                                        \
     "Host key of the machine (\"ssh-ed25519 AAAA…\"); any other key is rejected.",                    \
     .check = ssh_client_check_host_key},                                                          \
    {"timeout",     &TYPE_STRING, OPTIONAL,                                                        \
     "Maximum duration of connection attempts (default: the provider's, then \"5m\").",           \
     .check = duration_check}
/* clang-format on */

Str ssh_client_check_host(Value value, Arena *arena);
Str ssh_client_check_port(Value value, Arena *arena);
Str ssh_client_check_user(Value value, Arena *arena);
Str ssh_client_check_private_key(Value value, Arena *arena);
Str ssh_client_check_host_key(Value value, Arena *arena);

typedef struct SshClient SshClient;

/* Implement the provider's configure and close. Closing ends all idle sessions; accepts NULL. */
bool ssh_client_configure(const Call *call,
                          const ConfigureRequest *request,
                          ConfigureResponse *response,
                          Diags *diags);
void ssh_client_close(void *client);

typedef struct SshLink {
    const Call *call;
    SshClient *client; /* NULL: no pool */
    SshTarget target;
    int64_t wait_ms;     /* time to retry connecting */
    int64_t plan_end_ms; /* monotonic time after which a plan stops trying; 0: none */
    SshSession *session;
    bool from_pool;
    bool may_have_run; /* a script was started, or a command was sent whose end is unknown */
} SshLink;

/* Fills the settings from the attributes of `object` and the provider's defaults. Does not
 * connect. */
MUST_USE bool ssh_client_link(const Call *call, Value object, SshLink *out, Diags *diags);
/* For plans, which do not wait for a machine to boot. Connecting and all commands together must end
 * within "plan_timeout" of the provider configuration. */
void ssh_client_limit_to_plan(SshLink *link);
/* Limits each connection to "plan_timeout"; a command may take as long as the call. */
void ssh_client_limit_connections_to_plan(SshLink *link);
/* After ssh_client_limit_to_plan: returns true if the machine did not respond in time, or cannot be
 * connected to. A rejected key does not count. */
bool ssh_client_is_absent(const SshLink *link, SshStatus status);
/* Returns sentences about the failure of a link after ssh_client_limit_to_plan, and how to wait
 * longer. */
Str ssh_client_explain_absence(const SshLink *link, SshStatus status, SshProblem problem);
void ssh_client_release(SshLink *link);
/* Returns the limits of a command: the earlier of the call's deadline and the link's plan limit,
 * and the level that stops it. */
SshTimeout ssh_client_timeout(const SshLink *link, CancelLevel cancel_at);
SCOPED_TYPE(SshLink, ssh_client_release);

/* Returns "sh -c SCRIPT loam ARGUMENT…". User input belongs into the arguments only, never into the
 * script. */
Str ssh_client_script(const char *script, const Str *arguments, size_t count, Arena *arena);
/* Connects if needed and runs the command. The link keeps the session unless it broke. */
SshStatus ssh_client_exec(SshLink *link,
                          const SshCommand *command,
                          SshResult *out,
                          SshProblem *problem);
/* Same, but reports a failure as an error. The caller checks the exit status of the command. */
MUST_USE bool ssh_client_run(SshLink *link,
                             const SshCommand *command,
                             SshResult *out,
                             Diags *diags);
/* Adds an error: why the machine could not be used, and what to do. */
void ssh_client_explain(const SshLink *link, SshStatus status, SshProblem problem, Diags *diags);
/* Allows at most eight sessions with one machine, because its server rejects more at once. Reads
 * share four. */
bool ssh_client_limits(const Call *call,
                       const LimitsRequest *request,
                       LimitsResponse *response,
                       Diags *diags);
/* Returns the end of a command's output for a message, without control characters. */
Str ssh_client_last_words(Str err, Str out, Arena *arena);
