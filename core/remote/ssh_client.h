/* ssh_client: connections of one provider configuration, and retries while a machine boots.
 *
 *   SshClient   the provider's defaults, and the machines that plans could not reach; thread-safe
 *   SshLink     one machine during one call: the settings, and after the first command a lease of a
 *               session
 *
 * Links to one machine share a session, also those of other providers of the run. A link is used by
 * one thread; releasing it keeps the session for the next call. If `sudo` is set, every command of
 * the link runs as root.
 *
 * Failed connections are retried until "timeout": no response, a closed port and a broken
 * handshake, because a booting machine causes all of them. A host key that is not accepted and a
 * rejected password are not retried. A rejected user key is retried for 20 seconds, because some
 * machines accept logins before cloud-init has installed the key. */
#pragma once

#include "ssh_settings.h"
#include "ssh_share.h"

/* clang-format off */
/* Rows of an attribute table for the connection; `host_flags` adds flags to "host". */
#define SSH_CLIENT_ATTRIBUTES(host_flags)                                                          \
    {"host",        &TYPE_STRING, REQUIRED | (host_flags),                                         \
     "Address or host name of the machine.", .check = ssh_settings_check_host},                    \
    SSH_SETTINGS_ATTRIBUTES,                                                                       \
    SSH_SETTINGS_MACHINE_ATTRIBUTES
/* Rows of the table of a provider configuration. */
#define SSH_CLIENT_PROVIDER_ATTRIBUTES                                                             \
    SSH_SETTINGS_ATTRIBUTES,                                                                       \
    SSH_SETTINGS_MACHINE_ATTRIBUTES,                                                               \
    {"plan_timeout", &TYPE_STRING, OPTIONAL,                                                       \
     "Maximum duration of connection and command on one machine during a plan (default 10s). If a machine does not respond in time, the apply reads its data sources, and the plan assumes that its resources did not change.", \
     .check = duration_check}
/* clang-format on */

typedef struct SshClient SshClient;

/* Implement the provider's configure and close. Closing the last client ends all sessions; accepts
 * NULL. */
bool ssh_client_configure(const Call *call, const ConfigureRequest *request,
                          ConfigureResponse *response, Diags *diags);
void ssh_client_close(void *client);

typedef struct SshLink {
    const Call *call;
    SshClient *client; /* NULL: the link uses own_pool */
    SshTarget target;
    SshChain chain; /* ends with the target; empty: the target alone */
    bool sudo;
    Str sudo_password;
    int64_t wait_ms;     /* maximum duration of connection attempts */
    int64_t attempt_ms;  /* of one attempt; 0: the default */
    int64_t plan_end_ms; /* monotonic end of connection and commands of a plan; 0: none */
    SshPool *own_pool;   /* NULL until the first connection, and with a client */
    SshLease *lease;     /* NULL: not connected */
    SshReading reading;  /* after ssh_client_recall returned false */
    SshStatus status;    /* of the last command, tunnel or connection; SSH_DONE before the first */
    bool stops_early;  /* the first signal stops commands: a later call repeats or continues them */
    bool may_have_run; /* a script was started, or a command was sent whose end is unknown */
} SshLink;

/* Fills the settings from the attributes of `object` and the provider's defaults. Does not connect.
 * The link may point into `object`. The caller releases *out. */
MUST_USE bool ssh_client_link(const Call *call, Value object, SshLink *out, Diags *diags);
/* Same, with completed settings and without a provider configuration: the sessions are closed when
 * the link is released. */
void ssh_client_link_to(const Call *call, const SshSettings *settings, SshLink *out);
/* Makes the link connect in a new session instead of a shared one, for checks that a new login is
 * possible. Call before the first command. The session is closed when the link is released. */
void ssh_client_use_new_session(SshLink *link);
/* For plans, which do not wait for a machine to boot: limits connecting and all commands together
 * to "plan_timeout" of the provider configuration, from now on. */
void ssh_client_limit_to_plan(SshLink *link);
/* Limits each connection to "plan_timeout"; a command may take as long as the call. */
void ssh_client_limit_connections_to_plan(SshLink *link);
/* After ssh_client_limit_to_plan: returns true if the machine did not respond in time, or cannot be
 * connected to. A rejected key does not count. */
bool ssh_client_is_unreachable(const SshLink *link, SshStatus status);
/* After a failed read of a plan: returns whether the object may count as unchanged, with a warning:
 * the machine does not respond, or the configuration changes the arguments by which it is reached.
 * A machine that responds with another host key, or rejects the login, is an error otherwise. */
bool ssh_client_may_assume_unchanged(const SshLink *link, const ReadRequest *request);
/* For plans of a creation: connects to the machine, at most 3 seconds, once for all its objects. A
 * machine with another host key is an error, as are credentials that cannot be used. A machine that
 * does not respond, or does not accept the login yet, is one warning. Does nothing if the plan
 * creates the machine, or if arguments of the connection are unknown. *responds: the connection
 * succeeded. */
MUST_USE bool ssh_client_greet(const Call *call, const PlanRequest *request, bool *responds,
                               Diags *diags);
/* For deletions of files on the machine: returns true, and adds a warning, if this plan deletes,
 * replaces or misses the machine too (call_loses), and it does not respond within "plan_timeout".
 */
bool ssh_client_is_lost(SshLink *link, Diags *diags);
/* Returns the user that runs commands: "root" with sudo. */
Str ssh_client_user(const SshLink *link);
/* After ssh_client_limit_to_plan: returns sentences that describe the failure and how to extend the
 * limit. */
Str ssh_client_describe_failure(const SshLink *link, SshStatus status, SshProblem problem);
/* Returns the session to the pool, which keeps it open. */
void ssh_client_release(SshLink *link);
/* Returns the limits of a command: the earlier of the call's deadline and the link's plan limit,
 * and the level that stops it. */
SshTimeout ssh_client_timeout(const SshLink *link, CancelLevel cancel_at);
SCOPED_TYPE(SshLink, ssh_client_release);

/* Returns "sh -c SCRIPT loam ARGUMENT…", quoted. Pass user input only as an argument, never as part
 * of the script. */
Str ssh_client_script(const char *script, const Str *arguments, size_t count, Arena *arena);
/* Connects if needed and runs the command. If the session was lost or full before the command
 * started, runs it in another session; does not repeat a command that may have run. */
SshStatus ssh_client_exec(SshLink *link, const SshCommand *command, SshResult *out,
                          SshProblem *problem);
/* Same, but reports a failure as an error. The caller checks the exit status of the command. */
MUST_USE bool ssh_client_run(SshLink *link, const SshCommand *command, SshResult *out,
                             Diags *diags);
/* Adds an error with the reason of the failure and a hint. */
void ssh_client_report(const SshLink *link, SshStatus status, SshProblem problem, Diags *diags);
/* For scripts that read the same facts about a machine for several resources of a plan: returns
 * true with an output that is at most max_age_ms old, which a call of the plan has kept. If another
 * call reads outputs of the machine, waits for it. Else the caller reads, keeps the output, and
 * ends the reading; ssh_client_release ends it, too. Returns false outside of plans. */
MUST_USE bool ssh_client_recall(SshLink *link, const char *name, int64_t max_age_ms,
                                SshOutput *out);
/* Keeps an output for later calls of the plan about this machine and user. A command outside of
 * plans discards all outputs. Without effect outside of plans. */
void ssh_client_keep(const SshLink *link, const char *name, Str output);
void ssh_client_end_reading(SshLink *link);
/* For a command of a plan that changes the machine. */
void ssh_client_discard_kept(const SshLink *link);
/* Listens on 127.0.0.1:*out_port and forwards to host:port as seen from the machine, until the
 * session ends. Links that share the session share the port. The link needs a client. */
MUST_USE bool ssh_client_tunnel(SshLink *link, Str host, uint16_t port, uint16_t *out_port,
                                Diags *diags);
/* Allows at most eight operations at once on one machine. */
bool ssh_client_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                       Diags *diags);
/* Returns a sentence and the last 2 KiB of a command's error output, or of its output if that is
 * empty, without control characters. */
Str ssh_client_output_tail(Str err, Str out, Arena *arena);
