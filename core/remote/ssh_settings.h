/* SshSettings: the connection arguments of a provider configuration or an object.
 *
 * An object overrides the provider configuration argument by argument. Its private key replaces the
 * provider's key together with passphrase and certificate. */
#pragma once

#include "duration.h"
#include "provider.h"
#include "ssh_key_text.h"
#include "ssh_target.h"

#define SSH_PORT_DEFAULT 22

/* clang-format off */
/* Rows of an attribute table, without "host". */
#define SSH_SETTINGS_ATTRIBUTES                                                                    \
    {"port",        &TYPE_NUMBER, OPTIONAL,                                                        \
     "SSH port (default: the provider's, then 22).", .check = ssh_settings_check_port},            \
    {"user",        &TYPE_STRING, OPTIONAL,                                                        \
     "User name (default: the provider's, then root).", .check = ssh_settings_check_user},         \
    {"private_key", &TYPE_STRING, OPTIONAL | SENSITIVE,                                            \
     "Private key, as text (default: the provider's).",                                            \
     .check = ssh_settings_check_private_key},                                                     \
    {"private_key_file", &TYPE_STRING, OPTIONAL,                                                   \
     "Path of a private key file on this computer. Each run reads it; its content is not stored."},\
    {"private_key_passphrase", &TYPE_STRING, OPTIONAL | SENSITIVE,                                 \
     "Passphrase of an encrypted private key."},                                                   \
    {"certificate", &TYPE_STRING, OPTIONAL,                                                        \
     "User certificate of the private key: the line of a -cert.pub file.",                         \
     .check = ssh_settings_check_certificate},                                                     \
    {"password",    &TYPE_STRING, OPTIONAL | SENSITIVE,                                            \
     "Password, for servers that accept passwords or ask for one. It is tried last."},             \
    {"agent",       &TYPE_BOOL,   OPTIONAL,                                                        \
     "Whether to use the keys of the SSH agent (SSH_AUTH_SOCK). By default the agent is used if there is neither a private key nor a password."}, \
    {"agent_socket", &TYPE_STRING, OPTIONAL,                                                       \
     "Path of the SSH agent's socket; \"none\" uses no agent (default: SSH_AUTH_SOCK). Keys on a security key (sk-…) work by the agent alone."}, \
    {"agent_identity", &TYPE_STRING, OPTIONAL,                                                     \
     "The only key of the agent to offer: its comment, its public key line or its fingerprint (\"SHA256:…\"). Servers end a login after a few keys."}, \
    {"host_key",    &TYPE_STRING, OPTIONAL,                                                        \
     "Host key of the machine (\"ssh-ed25519 AAAA…\"); any other key is rejected. Without host_key, host_ca and known_hosts, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide.", \
     .check = ssh_settings_check_host_key},                                                        \
    {"host_ca",     &TYPE_STRING, OPTIONAL,                                                        \
     "Public keys of certificate authorities, one a line. A machine with a valid host certificate of one of them is accepted.", \
     .check = ssh_settings_check_host_ca},                                                         \
    {"known_hosts", &TYPE_STRING, OPTIONAL,                                                        \
     "Path of a known_hosts file on this computer, which decides instead of the default files."}

#define SSH_SETTINGS_MACHINE_ATTRIBUTES                                                            \
    {"ssh_config",  &TYPE_STRING, OPTIONAL | STARTS_PROGRAM | CALLERS_TEXT, \
     "Path of a client configuration of OpenSSH, which supplies what other arguments do not: address, port, user, keys, agent, known hosts, proxies (default: the provider's, then LOAM_SSH_CONFIG if CI is not set)."}, \
    {"timeout",     &TYPE_STRING, OPTIONAL,                                                        \
     "Maximum duration of connection attempts (default: the provider's, then \"5m\").",            \
     .check = duration_check},                                                                     \
    {"keepalive",   &TYPE_STRING, OPTIONAL,                                                        \
     "Silence after which the connection is tested; after three unanswered tests it counts as lost (default: the provider's, then \"15s\").", \
     .check = duration_check},                                                                     \
    {"proxy_command", &TYPE_STRING, OPTIONAL | STARTS_PROGRAM | CALLERS_TEXT, \
     "Command that connects its standard input and output to the machine, instead of a TCP connection, such as \"nc %h %p\". %h is the host, %n the host as written here, %p the port, %r the user, %% a percent sign. At most one of proxy_command, proxy_url and bastion (default: the provider's).", \
     .check = ssh_settings_check_proxy_command},                                                   \
    {"proxy_url",   &TYPE_STRING, OPTIONAL | SENSITIVE,                                            \
     "Proxy to the machine: http://USER:PASSWORD@HOST:PORT or https:// (CONNECT), socks5:// or socks5h://. The proxy resolves the host, except with socks5:// (default: the provider's).", \
     .check = ssh_settings_check_proxy_url},                                                       \
    {"sudo",        &TYPE_BOOL,   OPTIONAL,                                                        \
     "Whether to run everything as root, by sudo (default: the provider's, then false)."},         \
    {"sudo_password", &TYPE_STRING, OPTIONAL | SENSITIVE,                                          \
     "Password that sudo asks for. Without it, sudo must not ask."},                               \
    {"bastion",     NULL,         OPTIONAL,                                                        \
     "Jump hosts, in order from this computer to the machine (default: the provider's). Credentials and user that a jump host lacks are those of the machine.", \
     .nested = NESTED(NEST_LIST, ssh_settings_bastion_attributes)}

#define SSH_SETTINGS_BASTION_COUNT 14
/* clang-format on */

extern const Attribute ssh_settings_bastion_attributes[SSH_SETTINGS_BASTION_COUNT];

Str ssh_settings_check_host(Value value, Arena *arena);
Str ssh_settings_check_port(Value value, Arena *arena);
Str ssh_settings_check_user(Value value, Arena *arena);
Str ssh_settings_check_private_key(Value value, Arena *arena);
Str ssh_settings_check_certificate(Value value, Arena *arena);
Str ssh_settings_check_host_key(Value value, Arena *arena);
Str ssh_settings_check_host_ca(Value value, Arena *arena);
Str ssh_settings_check_proxy_command(Value value, Arena *arena);
Str ssh_settings_check_proxy_url(Value value, Arena *arena);

typedef enum SshAgentUse { SSH_AGENT_IF_NEEDED, SSH_AGENT_YES, SSH_AGENT_NO } SshAgentUse;

/* One machine of a route. In the target, port 0 and empty texts mean "not set", and proxy_command
 * has its tokens until ssh_settings_complete replaces them. */
typedef struct SshHop {
    SshTarget target;
    Str name; /* the host as the user writes it; empty: the host of the target */
    SshAgentUse agent;
} SshHop;

typedef struct SshSettings {
    SshHop machine;
    SshHop *bastions;
    size_t bastion_count;
    bool has_bastions; /* an empty list overrides the provider's */
    bool has_sudo;
    bool sudo;
    Str sudo_password;
    int64_t wait_ms;    /* "timeout"; 0: not set */
    int64_t attempt_ms; /* maximum duration of one connection attempt; 0: not set */
    Str ssh_config;     /* path; empty: none */
} SshSettings;

/* Reads the arguments of `object`, and the files that they name. Arguments that its type lacks
 * count as not set. `defaults` (NULL: none) supply arguments that are not set. Results are in
 * `arena` and may point into `object`. */
MUST_USE bool ssh_settings_read(const Call *call, Value object, const SshSettings *defaults,
                                SshSettings *out, Arena *arena, Diags *diags);
/* Adds the settings of the SSH configuration, then the general defaults: user, port, agent,
 * known_hosts files, credentials of bastions. Reports missing credentials and unusable keys. */
MUST_USE bool ssh_settings_complete(const Call *call, SshSettings *settings, Diags *diags);
