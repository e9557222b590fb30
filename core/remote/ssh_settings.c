#include "ssh_settings.h"

#include "object_builder.h"
#include "path_error.h"
#include "str_quote.h"
#include "url.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#define PORT_DEFAULT       22
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

bool ssh_settings_read(const Call *call, Value object, const SshSettings *defaults,
                       SshSettings *out, Arena *arena, Diags *diags) {
    *out = defaults ? *defaults : (SshSettings){0};
    if (!read_hop(call, object, &out->machine, arena, diags) ||
        !read_bastions(call, object, out, arena, diags))
        return false;
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
    if (hop->agent == SSH_AGENT_NO || (hop->agent == SSH_AGENT_IF_NEEDED && has_other)) {
        if (has_other)
            return true;
        return path_error(call, PATH_AT(call, {"private_key"}), diags, "No private key",
                          "No credentials for %.*s. Set \"private_key\", \"private_key_file\" or "
                          "\"password\", here or in the configuration of the provider.",
                          STR_ARG(target->host));
    }
    const char *path = getenv("SSH_AUTH_SOCK");
    if (path && *path) {
        target->agent_socket = str_from_cstr(path);
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

static Str expand_tokens(const SshTarget *target, Str name, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str command = target->proxy_command;
    for (size_t i = 0; i < command.len; i++) {
        char sign = command.ptr[i];
        if (sign != '%') {
            strbuf_add_char(&text, sign);
            continue;
        }
        switch (command.ptr[++i]) {
        case 'h': strbuf_add(&text, target->host); break;
        case 'n': strbuf_add(&text, name); break;
        case 'p': strbuf_add_format(&text, "%u", target->port); break;
        case 'r': strbuf_add(&text, target->user); break;
        default: strbuf_add_char(&text, '%'); break;
        }
    }
    return strbuf_str(&text);
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
    Str words[] = {target->host, target->user};
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (!is_plain_word(words[i]))
            return path_error(call, PATH_AT(call, {i == 0 ? "host" : "user"}), diags,
                              "Name not usable in a proxy command",
                              "%.*s has characters that a shell could interpret. With "
                              "\"proxy_command\", host and user may have letters, digits and "
                              "\"._:@-\", and must not begin with \"-\".",
                              STR_ARG(str_quote(words[i], call->arena)));
    }
    target->proxy_command = expand_tokens(target, target->host, call->arena);
    return true;
}

static bool complete_hop(const Call *call, SshHop *hop, Diags *diags) {
    SshTarget *target = &hop->target;
    if (target->port == 0)
        target->port = PORT_DEFAULT;
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
    target->keepalive_ms = machine->target.keepalive_ms;
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

bool ssh_settings_complete(const Call *call, SshSettings *settings, Diags *diags) {
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
