#include "ssh_settings.h"

#include "object_builder.h"
#include "path_error.h"
#include "ssh_config.h"
#include "str_quote.h"
#include "url.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#define CONFIG_VARIABLE    "LOAM_SSH_CONFIG"
#define NO_AGENT           "none"
#define HOPS_MAX           8 /* jump hosts of a configuration */
#define PROXY_TOKENS       "hnpr%"
#define GLOBAL_KNOWN_HOSTS "/etc/ssh/ssh_known_hosts"

/* clang-format off */
const Attribute ssh_settings_bastion_attributes[SSH_SETTINGS_BASTION_COUNT] = {
    {"host", &TYPE_STRING, REQUIRED, "Address or host name of the jump host.", .check = ssh_settings_check_host},
    SSH_SETTINGS_ATTRIBUTES,
};
/* clang-format on */

Str ssh_settings_check_host(Value value, Arena *arena) {
    Str host = value_text(value);
    for (size_t i = 0; i < host.len; i++) {
        if (isgraph((unsigned char)host.ptr[i]) && !strchr("[]@/", host.ptr[i]))
            continue;
        return str_format(arena, "\"%.*s\" is not a valid address or host name.", STR_ARG(host));
    }
    return host.len ? STR_EMPTY : str_format(arena, "The host must not be empty.");
}

Str ssh_settings_check_port(Value value, Arena *arena) {
    int64_t port;
    if (value_to_int(value, &port) && port >= 1 && port <= 65535)
        return STR_EMPTY;
    return str_format(arena, "A port must be an integer from 1 to 65535.");
}

Str ssh_settings_check_user(Value value, Arena *arena) {
    Str user = value_text(value);
    bool is_fine = user.len > 0 && user.ptr[0] != '-';
    for (size_t i = 0; is_fine && i < user.len; i++)
        is_fine = !iscntrl((unsigned char)user.ptr[i]) && !strchr("'`\";&<>|(){}", user.ptr[i]);
    if (is_fine)
        return STR_EMPTY;
    return str_format(arena, "%.*s is not a valid user name.", STR_ARG(str_quote(user, arena)));
}

typedef bool KeyCheck(const SshKeyText *keys, Str text, Arena *arena);

/* Returns the sentence `fault` if the check rejects the value. Without the plugin every value is
 * valid, and the connection reports why: the reason is hidden for sensitive values. */
static Str settings_check_text(Value value, KeyCheck *accepts, const char *fault, Arena *arena) {
    Str problem;
    const SshKeyText *keys = ssh_key_text(&problem, arena);
    if (!keys || accepts(keys, value_text(value), arena))
        return STR_EMPTY;
    return str_format(arena, "%s", fault);
}

/* Accepts an encrypted key; ssh_settings_complete checks the passphrase. */
static bool is_private_key(const SshKeyText *keys, Str text, Arena *arena) {
    return keys->check_private(text, STR_EMPTY, arena) != SSH_BAD_PRIVATE_KEY;
}

Str ssh_settings_check_private_key(Value value, Arena *arena) {
    return settings_check_text(value, is_private_key,
                               "The value must be the text of a private key file, in OpenSSH "
                               "format or in PEM.",
                               arena);
}

static bool is_user_certificate(const SshKeyText *keys, Str text, Arena *arena) {
    return keys->is_certificate(text, arena);
}

Str ssh_settings_check_certificate(Value value, Arena *arena) {
    return settings_check_text(
        value, is_user_certificate,
        "The value must be an OpenSSH certificate: one line such as "
        "\"ssh-ed25519-cert-v01@openssh.com AAAA…\", as in a file -cert.pub.",
        arena);
}

static bool is_public_key(const SshKeyText *keys, Str text, Arena *arena) {
    return keys->fingerprint(text, arena).len > 0;
}

Str ssh_settings_check_host_key(Value value, Arena *arena) {
    return settings_check_text(value, is_public_key,
                               "The value must be a public key: one line such as \"ssh-ed25519 "
                               "AAAA…\", as in the machine's /etc/ssh/ssh_host_ed25519_key.pub.",
                               arena);
}

static bool are_public_keys(const SshKeyText *keys, Str text, Arena *arena) {
    Str line;
    while (str_next_field(&text, '\n', &line)) {
        if (str_trim(line).len > 0 && !is_public_key(keys, line, arena))
            return false;
    }
    return true;
}

Str ssh_settings_check_host_ca(Value value, Arena *arena) {
    if (str_trim(value_text(value)).len == 0)
        return str_format(arena, "The value must have at least one public key.");
    return settings_check_text(value, are_public_keys,
                               "Each line must be a public key such as \"ssh-ed25519 AAAA…\".",
                               arena);
}

/* Returns the first token that is not one of PROXY_TOKENS; empty if there is none. */
static Str invalid_token(Str command, Arena *arena) {
    for (size_t i = 0; i < command.len; i++) {
        if (command.ptr[i] != '%')
            continue;
        i++;
        if (i == command.len || !strchr(PROXY_TOKENS, command.ptr[i]))
            return str_clone(str_slice(command, i - 1, i + 1), arena);
    }
    return STR_EMPTY;
}

Str ssh_settings_check_proxy_command(Value value, Arena *arena) {
    Str command = value_text(value), token = invalid_token(command, arena);
    if (token.len > 0)
        return str_format(arena,
                          "\"%.*s\" is not a token of a proxy command. The tokens are %%h, %%n, "
                          "%%p, %%r and %%%%.",
                          STR_ARG(token));
    bool is_line = memchr(command.ptr, '\n', command.len) == NULL;
    return str_trim(command).len && is_line
               ? STR_EMPTY
               : str_format(arena, "A proxy command must be one line that is not empty.");
}

Str ssh_settings_check_proxy_url(Value value, Arena *arena) {
    static const Str schemes[] = {
        STR_CONST("http"),
        STR_CONST("https"),
        STR_CONST("socks5"),
        STR_CONST("socks5h"),
    };
    Url url;
    bool is_root = url_parse(value_text(value), &url) && url.query.len == 0 &&
                   url.fragment.len == 0 && (url.path.len == 0 || str_equal(url.path, STR("/")));
    if (is_root && url_host_name(&url).len > 0 &&
        str_is_among(url.scheme, schemes, ARRAY_COUNT(schemes)))
        return STR_EMPTY;
    return str_format(arena, "The value must be the address of a proxy, such as "
                             "\"http://proxy.example.org:3128\". The schemes are http, https, "
                             "socks5 and socks5h.");
}

/* -- reading ---------------------------------------------------------------------------------- */

static Value settings_find(Value object, const char *name) {
    size_t index;
    if (value_is_null(object) || !type_find_attribute(object.type, str_from_cstr(name), &index))
        return value_null(&TYPE_DYNAMIC);
    return object_attribute(object, name);
}

static void settings_read_text(Value object, const char *name, Str *out) {
    Value value = settings_find(object, name);
    if (value_is_present(value) && value_text(value).len > 0)
        *out = value_text(value);
}

/* Replaces a leading "~/" by the home directory. */
static Str settings_expand_home(Str path, Arena *arena) {
    const char *home = getenv("HOME");
    if (!home || !str_starts_with(path, STR("~/")))
        return path;
    return str_concat(str_from_cstr(home), str_after(path, 1), arena);
}

typedef struct FileArgument {
    const char *name;
    const char *summary; /* of the error */
} FileArgument;

static bool settings_read_file(const Call *call, Value object, FileArgument argument, Str *out,
                               Arena *arena, Diags *diags) {
    Str path = STR_EMPTY;
    settings_read_text(object, argument.name, &path);
    if (path.len == 0)
        return true;
    const Disk *disk = call->io->disk;
    int error = disk->read_file(disk->self, settings_expand_home(path, arena), out, arena);
    if (error == 0 && out->len > 0)
        return true;
    return path_error(call, PATH_AT(call, {argument.name}), diags, argument.summary,
                      "\"%.*s\" cannot be used: %s. Check the path of \"%s\".", STR_ARG(path),
                      error ? strerror(-error) : "the file is empty", argument.name);
}

static bool settings_read_key(const Call *call, Value object, SshHop *hop, Arena *arena,
                              Diags *diags) {
    SshTarget *target = &hop->target;
    Str key = STR_EMPTY;
    settings_read_text(object, "private_key", &key);
    FileArgument file = {"private_key_file", "Private key not readable"};
    if (key.len == 0 && !settings_read_file(call, object, file, &key, arena, diags))
        return false;
    if (key.len > 0) {
        target->private_key = key;
        target->passphrase = target->certificate = STR_EMPTY;
    }
    settings_read_text(object, "private_key_passphrase", &target->passphrase);
    settings_read_text(object, "certificate", &target->certificate);
    return true;
}

/* Reads host_key, host_ca and known_hosts. If one of them is set, it replaces all three of the
 * provider. */
static bool read_trust(const Call *call, Value object, SshHop *hop, Arena *arena, Diags *diags) {
    SshTarget *target = &hop->target;
    Str key = STR_EMPTY, authorities = STR_EMPTY, known = STR_EMPTY;
    settings_read_text(object, "host_key", &key);
    settings_read_text(object, "host_ca", &authorities);
    FileArgument file = {"known_hosts", "Known hosts not readable"};
    if (!settings_read_file(call, object, file, &known, arena, diags))
        return false;
    if (key.len == 0 && authorities.len == 0 && known.len == 0)
        return true;
    target->host_key = key;
    target->host_ca = authorities;
    target->known_hosts = known;
    return true;
}

static bool read_hop(const Call *call, Value object, SshHop *hop, Arena *arena, Diags *diags) {
    SshTarget *target = &hop->target;
    settings_read_text(object, "host", &target->host);
    settings_read_text(object, "user", &target->user);
    settings_read_text(object, "password", &target->password);
    settings_read_text(object, "agent_identity", &target->agent_identity);
    settings_read_text(object, "agent_socket", &target->agent_socket);
    Value port = settings_find(object, "port"), agent = settings_find(object, "agent");
    int64_t number;
    if (value_is_present(port) && value_to_int(port, &number))
        target->port = (uint16_t)number;
    if (value_is_present(agent))
        hop->agent = value_is_true(agent) ? SSH_AGENT_YES : SSH_AGENT_NO;
    return settings_read_key(call, object, hop, arena, diags) &&
           read_trust(call, object, hop, arena, diags);
}

static bool read_bastions(const Call *call, Value object, SshSettings *out, Arena *arena,
                          Diags *diags) {
    Value list = settings_find(object, "bastion");
    if (!value_is_present(list))
        return true;
    out->has_bastions = true;
    out->bastion_count = list.count;
    out->bastions = arena_new_array(arena, SshHop, list.count);
    for (size_t i = 0; i < list.count; i++) {
        if (!read_hop(call, value_at(list, i), &out->bastions[i], arena, diags))
            return false;
    }
    return true;
}

/* Reads the way to the machine: a proxy or jump hosts. A way of the object replaces the provider's.
 */
static bool read_way(const Call *call, Value object, SshSettings *out, Diags *diags) {
    Str command = STR_EMPTY, url = STR_EMPTY, bastion = STR_EMPTY;
    settings_read_text(object, "proxy_command", &command);
    settings_read_text(object, "proxy_url", &url);
    settings_read_text(object, "bastion_host", &bastion);
    Value list = settings_find(object, "bastion");
    bool has_list = value_is_present(list);
    bool has_bastions = bastion.len > 0 || (has_list && list.count > 0);
    int ways = (command.len > 0) + (url.len > 0) + has_bastions;
    if (ways > 1)
        return path_error(call, PATH_AT(call, {command.len > 0 ? "proxy_command" : "proxy_url"}),
                          diags, "Several ways to the machine",
                          "At most one of \"proxy_command\", \"proxy_url\" and the jump hosts can "
                          "be set. Remove all but one.");
    if (ways == 0 && !has_list)
        return true;
    out->machine.target.proxy_command = command;
    out->machine.target.proxy_url = url;
    if (!has_list)
        out->bastion_count = 0;
    return true;
}

/* An explicit argument counts in pipelines too; the variable of a user's shell does not. */
static void read_config_path(const Call *call, Value object, SshSettings *out) {
    settings_read_text(object, "ssh_config", &out->ssh_config);
    if (out->ssh_config.len == 0 && process_variable(call->io->process, "CI").len == 0)
        out->ssh_config = process_variable(call->io->process, CONFIG_VARIABLE);
}

bool ssh_settings_read(const Call *call, Value object, const SshSettings *defaults,
                       SshSettings *out, Arena *arena, Diags *diags) {
    *out = defaults ? *defaults : (SshSettings){0};
    if (!read_hop(call, object, &out->machine, arena, diags) ||
        !read_bastions(call, object, out, arena, diags))
        return false;
    read_config_path(call, object, out);
    if (!read_way(call, object, out, diags))
        return false;
    Value sudo = settings_find(object, "sudo");
    if (value_is_present(sudo)) {
        out->has_sudo = true;
        out->sudo = value_is_true(sudo);
    }
    settings_read_text(object, "sudo_password", &out->sudo_password);
    if (value_is_present(settings_find(object, "timeout")))
        out->wait_ms = duration_of(object, "timeout", out->wait_ms);
    if (value_is_present(settings_find(object, "keepalive")))
        out->machine.target.keepalive_ms =
            duration_of(object, "keepalive", out->machine.target.keepalive_ms);
    return true;
}

/* -- defaults --------------------------------------------------------------------------------- */

static Str read_default_known_hosts(const Call *call) {
    const Disk *disk = call->io->disk;
    Str own = STR_EMPTY, global = STR_EMPTY;
    Str path = settings_expand_home(STR("~/.ssh/known_hosts"), call->arena);
    if (disk->read_file(disk->self, path, &own, call->arena) != 0)
        own = STR_EMPTY;
    if (disk->read_file(disk->self, STR(GLOBAL_KNOWN_HOSTS), &global, call->arena) != 0)
        global = STR_EMPTY;
    return str_join((const Str[]){own, global}, 2, STR("\n"), call->arena);
}

static bool complete_agent(const Call *call, SshHop *hop, Diags *diags) {
    SshTarget *target = &hop->target;
    bool has_other = target->private_key.len > 0 || target->password.len > 0;
    const char *variable = getenv("SSH_AUTH_SOCK");
    Str path = target->agent_socket.len ? target->agent_socket : str_from_cstr(variable);
    bool is_off = str_equal(path, STR(NO_AGENT));
    target->agent_socket = STR_EMPTY;
    if (is_off || hop->agent == SSH_AGENT_NO || (hop->agent == SSH_AGENT_IF_NEEDED && has_other)) {
        if (has_other)
            return true;
        return path_error(call, PATH_AT(call, {"private_key"}), diags, "No private key",
                          "No credentials for %.*s. Set \"private_key\", \"private_key_file\" or "
                          "\"password\", here or in the configuration of the provider.",
                          STR_ARG(target->host));
    }
    if (path.len > 0) {
        target->agent_socket = settings_expand_home(path, call->arena);
        return true;
    }
    if (hop->agent == SSH_AGENT_YES)
        return path_error(call, PATH_AT(call, {"agent"}), diags, "No SSH agent",
                          "The environment variable SSH_AUTH_SOCK is not set, so there is no SSH "
                          "agent. Start one, or remove \"agent\".");
    return path_error(call, PATH_AT(call, {"private_key"}), diags, "No private key",
                      "No credentials for %.*s. Set \"private_key\", \"private_key_file\" or "
                      "\"password\", here or in the configuration of the provider, or start an "
                      "SSH agent.",
                      STR_ARG(target->host));
}

/* Checks that the passphrase decrypts the key. Without the plugin, the connection fails. */
static bool settings_check_key(const Call *call, const SshHop *hop, Diags *diags) {
    const SshTarget *target = &hop->target;
    Str problem;
    const SshKeyText *keys = target->private_key.len ? ssh_key_text(&problem, call->arena) : NULL;
    if (!keys || keys->check_private(target->private_key, target->passphrase, call->arena) !=
                     SSH_BAD_PASSPHRASE)
        return true;
    return path_error(call, PATH_AT(call, {"private_key_passphrase"}), diags,
                      "Private key is encrypted",
                      target->passphrase.len > 0
                          ? "The passphrase does not open the private key. Correct "
                            "\"private_key_passphrase\"."
                          : "Set \"private_key_passphrase\", or add the key to the SSH agent.");
}

/* Only these signs of a host and a user can stand in a command without quotes. */
static bool is_plain_word(Str text) {
    if (text.len == 0 || text.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char sign = text.ptr[i];
        bool is_alnum = (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') ||
                        (sign >= '0' && sign <= '9');
        if (!is_alnum && !strchr("._:@-", sign))
            return false;
    }
    return true;
}

/* Replaces the tokens of a proxy command, and those of paths in an SSH configuration. */
static Str expand_tokens(const SshHop *hop, Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    const SshTarget *target = &hop->target;
    for (size_t i = 0; i < text.len; i++) {
        char sign = text.ptr[i];
        if (sign != '%' || i + 1 == text.len) {
            strbuf_add_char(&out, sign);
            continue;
        }
        switch (text.ptr[++i]) {
        case 'd': strbuf_add_cstr(&out, getenv("HOME") ? getenv("HOME") : ""); break;
        case 'h': strbuf_add(&out, target->host); break;
        case 'n': strbuf_add(&out, hop->name.len ? hop->name : target->host); break;
        case 'p': strbuf_add_format(&out, "%u", target->port); break;
        case 'r': strbuf_add(&out, target->user); break;
        default: strbuf_add_char(&out, text.ptr[i]); break;
        }
    }
    return strbuf_str(&out);
}

/* Checks the proxy, because connection blocks have no checks, and replaces the tokens of the
 * command. */
static bool complete_proxy(const Call *call, SshHop *hop, Diags *diags) {
    SshTarget *target = &hop->target;
    Str url = target->proxy_url;
    Str bad = url.len ? ssh_settings_check_proxy_url(value_from_str(url), call->arena) : STR_EMPTY;
    if (bad.len > 0)
        return path_error(call, PATH_AT(call, {"proxy_url"}), diags, "Invalid proxy", "%.*s",
                          STR_ARG(bad));
    if (target->proxy_command.len == 0)
        return true;
    Str fault =
        ssh_settings_check_proxy_command(value_from_str(target->proxy_command), call->arena);
    if (fault.len > 0)
        return path_error(call, PATH_AT(call, {"proxy_command"}), diags, "Invalid proxy command",
                          "%.*s", STR_ARG(fault));
    Str words[] = {target->host, hop->name.len ? hop->name : target->host, target->user};
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (!is_plain_word(words[i]))
            return path_error(call, PATH_AT(call, {i < 2 ? "host" : "user"}), diags,
                              "Name not usable in a proxy command",
                              "%.*s has characters that a shell could interpret. With "
                              "\"proxy_command\", host and user may have letters, digits and "
                              "\"._:@-\", and must not begin with \"-\".",
                              STR_ARG(str_quote(words[i], call->arena)));
    }
    target->proxy_command = expand_tokens(hop, target->proxy_command, call->arena);
    return true;
}

static bool complete_hop(const Call *call, SshHop *hop, Diags *diags) {
    SshTarget *target = &hop->target;
    if (target->port == 0)
        target->port = SSH_PORT_DEFAULT;
    if (target->user.len == 0)
        target->user = STR("root");
    if (target->host_key.len == 0 && target->host_ca.len == 0 && target->known_hosts.len == 0 &&
        !target->any_host_key)
        target->known_hosts = read_default_known_hosts(call);
    return complete_proxy(call, hop, diags) && complete_agent(call, hop, diags) &&
           settings_check_key(call, hop, diags);
}

/* A jump host without a user or without credentials uses those of the machine. */
static void inherit(SshHop *bastion, const SshHop *machine) {
    SshTarget *target = &bastion->target;
    if (target->user.len == 0)
        target->user = machine->target.user;
    if (target->keepalive_ms == 0)
        target->keepalive_ms = machine->target.keepalive_ms;
    if (target->agent_socket.len == 0)
        target->agent_socket = machine->target.agent_socket;
    if (target->private_key.len > 0 || target->password.len > 0 ||
        bastion->agent != SSH_AGENT_IF_NEEDED)
        return;
    target->private_key = machine->target.private_key;
    target->passphrase = machine->target.passphrase;
    target->certificate = machine->target.certificate;
    target->password = machine->target.password;
    target->agent_identity = machine->target.agent_identity;
    bastion->agent = machine->agent;
}

/* -- SSH configuration --------------------------------------------------------------------------
 */

static Str config_path_of(const SshHop *hop, Str path, Arena *arena) {
    return settings_expand_home(expand_tokens(hop, path, arena), arena);
}

static Str read_if_present(const Call *call, Str path) {
    const Disk *disk = call->io->disk;
    Str text = STR_EMPTY;
    return disk->read_file(disk->self, path, &text, call->arena) == 0 ? text : STR_EMPTY;
}

/* Uses the first key file that can be read without another passphrase. A key that only the agent
 * has, because it is encrypted or on a security key, restricts the agent if the file says so. */
static void fill_key(const Call *call, const SshConfig *config, SshHop *hop) {
    SshTarget *target = &hop->target;
    Arena *arena = call->arena;
    Str problem, agent_key = STR_EMPTY;
    const SshKeyText *keys = ssh_key_text(&problem, arena);
    vec_each(&config->identity_files, file) {
        Str path = config_path_of(hop, *file, arena);
        Str public_key = str_trim(read_if_present(call, str_concat(path, STR(".pub"), arena)));
        Str key = read_if_present(call, path);
        if (keys && key.len > 0 && !str_starts_with(public_key, STR("sk-")) &&
            keys->check_private(key, target->passphrase, arena) == SSH_DONE) {
            Str certificate = config->certificate_file.len
                                  ? config_path_of(hop, config->certificate_file, arena)
                                  : str_concat(path, STR("-cert.pub"), arena);
            target->private_key = key;
            target->certificate = str_trim(read_if_present(call, certificate));
            return;
        }
        if (agent_key.len == 0)
            agent_key = public_key;
    }
    if (config->identities_only && target->agent_identity.len == 0)
        target->agent_identity = agent_key;
}

static void fill_agent(const Call *call, const SshConfig *config, SshHop *hop) {
    Str agent = config->identity_agent;
    if (hop->target.agent_socket.len > 0 || agent.len == 0 ||
        str_equal(agent, STR("SSH_AUTH_SOCK")))
        return;
    hop->target.agent_socket =
        str_starts_with(agent, STR("$"))
            ? process_variable(call->io->process, str_to_cstr(str_after(agent, 1), call->arena))
            : config_path_of(hop, agent, call->arena);
}

static void fill_known_hosts(const Call *call, const SshConfig *config, SshHop *hop) {
    SshTarget *target = &hop->target;
    target->host_alias = config->host_key_alias;
    if (target->host_key.len || target->host_ca.len || target->known_hosts.len ||
        target->any_host_key)
        return;
    VEC(Str) texts = {0};
    vec_each(&config->known_hosts_files, file) {
        vec_push(call->arena, &texts,
                 read_if_present(call, config_path_of(hop, *file, call->arena)));
    }
    /* Never empty: without files, every key is unknown. */
    vec_push(call->arena, &texts, STR("\n"));
    target->known_hosts = str_join(texts.items, texts.count, STR("\n"), call->arena);
}

/* Reads the settings of hop->target.host, and uses those that are not set. */
static bool fill_hop(const Call *call, Str path, SshHop *hop, SshConfig *config, Diags *diags) {
    SshTarget *target = &hop->target;
    if (!is_plain_word(target->host))
        return path_error(call, PATH_AT(call, {"host"}), diags,
                          "Name not usable with an SSH configuration",
                          "%.*s may have letters, digits and \"._:@-\", and must not begin with "
                          "\"-\".",
                          STR_ARG(str_quote(target->host, call->arena)));
    if (!ssh_config_read(call, path, target->host, config, call->arena, diags))
        return false;
    hop->name = target->host;
    if (config->host_name.len > 0)
        target->host = config->host_name;
    if (target->port == 0)
        target->port = config->port;
    if (target->user.len == 0)
        target->user = config->user;
    if (target->keepalive_ms == 0)
        target->keepalive_ms = config->keepalive_ms;
    if (target->private_key.len == 0 && target->password.len == 0)
        fill_key(call, config, hop);
    fill_agent(call, config, hop);
    fill_known_hosts(call, config, hop);
    return true;
}

/* Parses "user@host:port", also with "ssh://" and "[host]". */
static void parse_jump(Str text, SshTarget *out) {
    *out = (SshTarget){0};
    if (str_starts_with(text, STR("ssh://")))
        text = str_after(text, 6);
    size_t at = str_rfind_char(text, '@');
    if (at != SIZE_MAX) {
        out->user = str_slice(text, 0, at);
        text = str_after(text, at + 1);
    }
    size_t colon = str_rfind_char(text, ':');
    bool is_v6 = str_starts_with(text, STR("["));
    size_t end = is_v6 ? str_find_char(text, ']', 0) : SIZE_MAX;
    int64_t port;
    if (colon != SIZE_MAX && (!is_v6 || colon > end) &&
        (is_v6 || str_find_char(text, ':', 0) == colon) &&
        str_to_int64(str_after(text, colon + 1), &port) && port > 0 && port < 65536) {
        out->port = (uint16_t)port;
        text = str_slice(text, 0, colon);
    }
    out->host = is_v6 ? str_slice(text, 1, end) : text;
}

typedef VEC(SshHop) Hops;

/* Adds the jump hosts of a list, after those that the first of them needs itself. */
static bool add_jumps(const Call *call, Str path, Str list, Hops *out, Diags *diags) {
    Str item;
    for (bool is_first = true; str_next_field(&list, ',', &item); is_first = false) {
        SshHop hop = {0};
        SshConfig config;
        parse_jump(str_trim(item), &hop.target);
        if (!fill_hop(call, path, &hop, &config, diags))
            return false;
        if (is_first && config.proxy_jump.len > 0 && out->count < HOPS_MAX &&
            !add_jumps(call, path, config.proxy_jump, out, diags))
            return false;
        if (is_first && out->count == 0)
            hop.target.proxy_command = config.proxy_command;
        if (out->count >= HOPS_MAX)
            return path_error(
                call, PATH_AT(call, {"ssh_config"}), diags, "Too many jump hosts",
                "The SSH configuration names more than %d jump hosts for one machine.", HOPS_MAX);
        vec_push(call->arena, out, hop);
    }
    return true;
}

static bool apply_config(const Call *call, SshSettings *settings, Diags *diags) {
    SshHop *machine = &settings->machine;
    SshConfig config;
    Hops jumps = {0};
    Str path = settings_expand_home(settings->ssh_config, call->arena);
    if (!fill_hop(call, path, machine, &config, diags))
        return false;
    if (settings->attempt_ms == 0)
        settings->attempt_ms = config.connect_timeout_ms;
    if (settings->has_bastions || settings->bastion_count > 0 ||
        machine->target.proxy_command.len > 0 || machine->target.proxy_url.len > 0)
        return true;
    if (config.proxy_jump.len == 0) {
        machine->target.proxy_command = config.proxy_command;
        return true;
    }
    if (!add_jumps(call, path, config.proxy_jump, &jumps, diags))
        return false;
    settings->bastions = jumps.items;
    settings->bastion_count = jumps.count;
    return true;
}

bool ssh_settings_complete(const Call *call, SshSettings *settings, Diags *diags) {
    if (settings->ssh_config.len > 0 && !apply_config(call, settings, diags))
        return false;
    SshHop *bastions = arena_new_array(call->arena, SshHop, settings->bastion_count);
    for (size_t i = 0; i < settings->bastion_count; i++) {
        bastions[i] = settings->bastions[i];
        inherit(&bastions[i], &settings->machine);
        if (!complete_hop(call, &bastions[i], diags))
            return false;
    }
    settings->bastions = bastions;
    return complete_hop(call, &settings->machine, diags);
}
