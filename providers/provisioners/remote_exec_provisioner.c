/* remote-exec: copies scripts to another machine, runs them and removes them. */
#include "machine.h"
#include "object_builder.h"
#include "provisioners.h"
#include "uuid.h"

static const Attribute remote_exec_attributes[] = {
    {"inline", &TYPE_LIST_OF_STRING, OPTIONAL, "Command lines, run in this order."},
    {"script", &TYPE_STRING, OPTIONAL, "Local script to upload and run."},
    {"scripts", &TYPE_LIST_OF_STRING, OPTIONAL, "Local scripts to upload and run, in this order."},
};

static const char remote_exec_summary[] = "remote-exec provisioner error";

/* Returns the remote path of the script: script_path, its first %RAND% replaced by a UUID. */
static Str script_path(const ProvisionCall *call) {
    static const char placeholder[] = "%RAND%";
    Arena *arena = call->call.arena;
    Str pattern = object_text(call->connection, "script_path", STR("/tmp/loam_%RAND%.sh"));
    size_t at = str_find(pattern, str_from_cstr(placeholder), 0);
    if (at == SIZE_MAX)
        return pattern;
    Str drawn = uuid_v4(arena);
    return str_format(arena, "%.*s%.*s%.*s", STR_ARG(str_slice(pattern, 0, at)), STR_ARG(drawn),
                      STR_ARG(str_after(pattern, at + strlen(placeholder))));
}

static bool run_script(const ProvisionCall *call, SshLink *link, Str script, Diags *diags) {
    Arena *arena = call->call.arena;
    Str path = script_path(call);
    if (!machine_upload(link, path, STR("script"), 0700, script, diags))
        return false;
    LastOutput last = last_output_new(call);
    bool ok =
        machine_run(link, ssh_quote(path, arena), STR_EMPTY, &last, remote_exec_summary, diags);
    if (!link->lease)
        return ok;
    /* The script may contain secrets. Failing to remove it is only a warning, since an error would
     * taint the object. */
    Diags ignored = diags_new(arena);
    Str remove = ssh_client_script("rm -f -- \"$1\"", &path, 1, arena);
    bool is_gone = machine_run(link, remove, STR_EMPTY, NULL, remote_exec_summary, &ignored);
    if (!is_gone)
        diags_warning(diags, NO_RANGE, "Script not removed",
                      "\"%.*s\" could not be removed from %.*s.", STR_ARG(path),
                      STR_ARG(link->target.host));
    return ok;
}

static bool run_inline(const ProvisionCall *call, SshLink *link, Value lines, Diags *diags) {
    StrBuf script = strbuf_new(call->call.arena);
    for (size_t i = 0; i < lines.count; i++) {
        Value line = value_at(lines, i);
        if (!value_is_present(line))
            continue;
        if (script.len == 0 && !str_starts_with(value_text(line), STR("#!")))
            strbuf_add_cstr(&script, "#!/bin/sh\n");
        strbuf_add(&script, value_text(line));
        strbuf_add_char(&script, '\n');
    }
    return run_script(call, link, strbuf_str(&script), diags);
}

static bool exec_provisioner_run_file(const ProvisionCall *call, SshLink *link, Str path,
                                      Diags *diags) {
    const Disk *disk = call->call.io->disk;
    Str script;
    int error = disk->read_file(disk->self, path, &script, call->call.arena);
    if (error == 0)
        return run_script(call, link, script, diags);
    return diags_fail(diags, NO_RANGE, remote_exec_summary,
                      "The script \"%.*s\" cannot be read: %s.", STR_ARG(path), strerror(-error));
}

static bool remote_run(const ProvisionCall *call, Value config, Diags *diags) {
    SCOPED(SshLink) link = {0};
    if (!machine_link(call, &link, diags))
        return false;
    Value lines = object_attribute(config, "inline");
    if (value_is_present(lines))
        return run_inline(call, &link, lines, diags);
    Str script = object_text(config, "script", STR_EMPTY);
    if (script.len > 0)
        return exec_provisioner_run_file(call, &link, script, diags);
    Value scripts = object_attribute(config, "scripts");
    for (size_t i = 0; value_is_present(scripts) && i < scripts.count; i++) {
        Value path = value_at(scripts, i);
        if (value_is_present(path) &&
            !exec_provisioner_run_file(call, &link, value_text(path), diags))
            return false;
    }
    return true;
}

static const char *const remote_exec_one_of[] = {"inline", "script", "scripts", NULL};

const ProvisionerType remote_exec_provisioner = {
    .name = "remote-exec",
    .schema = {SCHEMA_ATTRIBUTES(remote_exec_attributes),
               .description = "Runs scripts on another machine."},
    .one_of = remote_exec_one_of,
    .run = remote_run,
};
