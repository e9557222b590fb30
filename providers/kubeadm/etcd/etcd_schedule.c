/* etcd_schedule: scripts etcd_keep.sh, which the timer runs, and etcd_schedule.sh. */
#include "etcd_schedule.h"
#include "base64.h"
#include "digest.h"
#include "kubeadm_etcd_assets.h"
#include "path_error.h"
#include "remote_script.h"

#define KEEP_MAX    1000
#define PATH_SCRIPT "/etc/loam/etcd-snapshot"
#define PATH_UNITS  "/etc/systemd/system/loam-etcd-snapshot"

Str etcd_schedule_check_calendar(Value value, Arena *) {
    return value_text(value).len > 0 && str_has_only(value_text(value), " *-:,./~")
               ? STR_EMPTY
               : STR("The calendar must be a calendar event of systemd, such as \"daily\" or "
                     "\"*-*-* 03:00:00\".");
}

Str etcd_schedule_check_directory(Value value, Arena *) {
    Str text = value_text(value);
    return str_starts_with(text, STR("/")) && text.len > 1 && str_has_only(text, "/._-")
               ? STR_EMPTY
               : STR("The directory must be an absolute path of letters, digits, \"/\", \".\", "
                     "\"_\" and \"-\".");
}

Str etcd_schedule_check_keep(Value value, Arena *arena) {
    int64_t count;
    if (value_to_int(value, &count) && count >= 1 && count <= KEEP_MAX)
        return STR_EMPTY;
    return str_format(arena, "The number of snapshots must be an integer from 1 to %d.", KEEP_MAX);
}

/* The files. */

typedef struct ScheduleFile {
    const char *path;
    const char *mode;
    Str text;
} ScheduleFile;

enum { FILE_COUNT = 3 };

static void list_files(const EtcdSchedule *schedule, ScheduleFile *out, Arena *arena) {
    out[0] = (ScheduleFile){PATH_SCRIPT, "0755", str_from_cstr(etcd_keep_sh)};
    out[1] = (ScheduleFile){
        PATH_UNITS ".service", "0644",
        str_format(arena,
                   "[Unit]\nDescription=Snapshot of etcd\n\n[Service]\nType=oneshot\n"
                   "ExecStart=/bin/sh " PATH_SCRIPT " %.*s %lld\n",
                   STR_ARG(schedule->directory), (long long)schedule->keep)};
    out[2] = (ScheduleFile){
        PATH_UNITS ".timer", "0644",
        str_format(arena,
                   "[Unit]\nDescription=Snapshots of etcd\n\n[Timer]\nOnCalendar=%.*s\n"
                   "Persistent=true\n\n[Install]\nWantedBy=timers.target\n",
                   STR_ARG(schedule->calendar))};
}

static bool schedule_run(SshLink *link, const char *action, Str input, SshResult *result,
                         Diags *diags) {
    Str argument = str_from_cstr(action);
    return remote_script_run(
        link, (RemoteScript){.text = etcd_schedule_sh, .argument = &argument, .input = input},
        result, diags);
}

bool etcd_schedule_write(SshLink *link, const EtcdSchedule *schedule, Diags *diags) {
    Arena *arena = link->call->arena;
    ScheduleFile files[FILE_COUNT];
    StrBuf input = strbuf_new(arena);
    SshResult result;
    list_files(schedule, files, arena);
    for (size_t i = 0; i < FILE_COUNT; i++)
        strbuf_add_format(&input, "%s %s %.*s\n", files[i].path, files[i].mode,
                          STR_ARG(base64_encode(files[i].text, arena)));
    return schedule_run(link, "write", strbuf_str(&input), &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Schedule of snapshots not set", &result, diags));
}

bool etcd_schedule_is_current(SshLink *link, const EtcdSchedule *schedule, bool *out,
                              Diags *diags) {
    Arena *arena = link->call->arena;
    ScheduleFile files[FILE_COUNT];
    StrBuf content = strbuf_new(arena);
    SshResult result;
    if (!schedule_run(link, "read", STR_EMPTY, &result, diags))
        return false;
    list_files(schedule, files, arena);
    for (size_t i = 0; i < FILE_COUNT; i++)
        strbuf_add(&content, files[i].text);
    Str wanted = str_concat(digest_hex(DIGEST_SHA256, strbuf_str(&content), arena),
                            STR("\nactive\n"), arena);
    *out = str_equal(result.out, wanted);
    return true;
}

bool etcd_schedule_remove(SshLink *link, Diags *diags) {
    SshResult result;
    return schedule_run(link, "remove", STR_EMPTY, &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Schedule of snapshots not removed", &result, diags));
}
