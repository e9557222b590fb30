/* Runs ssh -G and parses its lines "key value". */
#include "ssh_config.h"

#include "path_error.h"
#include "utf8.h"

#include <errno.h>

#define OUTPUT_OF_SSH_MS 30000
#define WRITABLE         022u

static bool config_fail(const Call *call, Diags *diags, const char *summary, Str detail) {
    return path_error(call, PATH_AT(call, {"ssh_config"}), diags, summary, "%.*s", STR_ARG(detail));
}

static bool check_file(const Call *call, Str path, Diags *diags) {
    const Disk *disk = call->io->disk;
    DiskStat stat;
    int error = disk->stat(disk->self, path, &stat);
    if (error)
        return config_fail(call, diags, "SSH configuration not readable",
                           str_format(call->arena,
                                      "\"%.*s\" cannot be used: %s. Correct \"ssh_config\", or the "
                                      "environment variable LOAM_SSH_CONFIG.",
                                      STR_ARG(path), strerror(-error)));
    if (!(stat.mode & WRITABLE))
        return true;
    return config_fail(call, diags, "SSH configuration writable by others",
                       str_format(call->arena,
                                  "Other users can write \"%.*s\", and it can start programs. Run "
                                  "\"chmod go-w\" on it.",
                                  STR_ARG(path)));
}

static bool run_ssh(const Call *call, Str path, Str host, Str *out, Diags *diags) {
    Arena *arena = call->arena;
    const Process *process = call->io->process;
    const char *const argv[] = {
        "ssh", "-G", "-F", str_to_cstr(path, arena), "--", str_to_cstr(host, arena), NULL};
    ProcessRequest request = {
        .argv = argv,
        .withheld = process_secrets,
        .ends_group = true,
        .timeout_ms = OUTPUT_OF_SSH_MS,
        .cancel = call->cancel,
    };
    ProcessResult result = {0};
    int error = process->run(process->self, &request, &result, arena);
    if (error == -ENOENT)
        return config_fail(call, diags, "Program ssh not found",
                           STR("\"ssh_config\" needs the program ssh. Install Debian's package "
                               "openssh-client, or remove the argument."));
    if (error)
        return config_fail(call, diags, "Program ssh not started",
                           str_from_cstr(process_error(error)));
    *out = result.out;
    if (result.exit_status == 0 && !result.timed_out)
        return true;
    Str said = result.timed_out ? STR("it did not end within 30 seconds")
                                : str_trim(utf8_one_line(result.err, arena));
    return config_fail(call, diags, "SSH configuration not usable",
                       str_format(arena, "\"ssh -G -F %.*s -- %.*s\" failed: %.*s", STR_ARG(path),
                                  STR_ARG(host), STR_ARG(said)));
}

static void add_words(Str value, StrVec *out, Arena *arena) {
    Str word;
    while (str_next_field(&value, ' ', &word)) {
        if (word.len > 0 && !str_equal(word, STR("none")))
            vec_push(arena, out, word);
    }
}

static int64_t seconds_to_ms(Str value) {
    int64_t seconds;
    return str_to_int64(value, &seconds) && seconds > 0 && seconds < 86400 ? seconds * 1000 : 0;
}

static void set_text(Str value, Str *out) {
    if (!str_equal(value, STR("none")))
        *out = value;
}

/* Returns false if the file accepts unknown host keys. */
static bool parse_line(Str key, Str value, SshConfig *out, Arena *arena) {
    int64_t port;
    if (str_equal_cstr(key, "hostname"))
        out->host_name = value;
    else if (str_equal_cstr(key, "port") && str_to_int64(value, &port) && port < 65536)
        out->port = (uint16_t)port;
    else if (str_equal_cstr(key, "user"))
        out->user = value;
    else if (str_equal_cstr(key, "identityfile") && !str_equal(value, STR("none")))
        vec_push(arena, &out->identity_files, value);
    else if (str_equal_cstr(key, "identitiesonly"))
        out->identities_only = str_equal(value, STR("yes"));
    else if (str_equal_cstr(key, "identityagent"))
        out->identity_agent = value;
    else if (str_equal_cstr(key, "certificatefile") && out->certificate_file.len == 0)
        set_text(value, &out->certificate_file);
    else if (str_equal_cstr(key, "userknownhostsfile") ||
             str_equal_cstr(key, "globalknownhostsfile"))
        add_words(value, &out->known_hosts_files, arena);
    else if (str_equal_cstr(key, "hostkeyalias"))
        out->host_key_alias = value;
    else if (str_equal_cstr(key, "proxyjump"))
        set_text(value, &out->proxy_jump);
    else if (str_equal_cstr(key, "proxycommand"))
        set_text(value, &out->proxy_command);
    else if (str_equal_cstr(key, "connecttimeout"))
        out->connect_timeout_ms = seconds_to_ms(value);
    else if (str_equal_cstr(key, "serveraliveinterval"))
        out->keepalive_ms = seconds_to_ms(value);
    else if (str_equal_cstr(key, "stricthostkeychecking"))
        return !str_equal(value, STR("false")) && !str_equal(value, STR("no")) &&
               !str_equal(value, STR("off")) && !str_equal(value, STR("accept-new"));
    return true;
}

static bool parse(Str text, SshConfig *out, Arena *arena) {
    Str line;
    bool is_strict = true;
    *out = (SshConfig){0};
    while (str_next_field(&text, '\n', &line)) {
        Str key;
        if (str_next_field(&line, ' ', &key))
            is_strict = parse_line(key, str_trim(line), out, arena) && is_strict;
    }
    return is_strict;
}

static void warn_of_unknown_keys(const Call *call, Str path, Str host, Diags *diags) {
    path_warning(call, PATH_AT(call, {"ssh_config"}), diags, "StrictHostKeyChecking ignored",
                 "\"%.*s\" accepts unknown keys of %.*s. loam does not: the host key must be in a "
                 "known_hosts file, or in \"host_key\".",
                 STR_ARG(path), STR_ARG(host));
}

bool ssh_config_read(const Call *call, Str path, Str host, SshConfig *out, Arena *arena,
                     Diags *diags) {
    SshShare *share = call->io->ssh_share;
    Str key = str_format(call->arena, "%.*s\n%.*s", STR_ARG(path), STR_ARG(host)), text;
    if (share && ssh_share_claim_config(share, key, &text)) {
        (void)parse(text, out, arena);
        return true;
    }
    bool ok = check_file(call, path, diags) && run_ssh(call, path, host, &text, diags);
    text = ok ? str_clone(text, arena) : STR_EMPTY;
    if (share)
        ssh_share_keep_config(share, key, text);
    if (ok && !parse(text, out, arena))
        warn_of_unknown_keys(call, path, host, diags);
    return ok;
}
