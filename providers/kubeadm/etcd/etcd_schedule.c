/* etcd_schedule: scripts etcd_keep.sh or etcd_push.sh, and etcd_rehearse.sh, which the timers run,
 * and etcd_schedule.sh. */
#include "etcd_schedule.h"
#include "host_timer.h"
#include "kubeadm_etcd_assets.h"
#include "path_error.h"
#include "remote_script.h"

#define KEEP_MAX         1000
#define PATH_SCRIPT      "/etc/loam/etcd-snapshot"
#define PATH_SETTINGS    "/etc/loam/etcd-snapshot.s3"
#define PATH_CREDENTIALS "/etc/loam/etcd-snapshot.key"
#define PATH_REHEARSAL   "/etc/loam/etcd-rehearsal"
#define PATH_RESULT      "/var/lib/loam/etcd-rehearsal/result"
#define PATH_UNITS       "/etc/systemd/system/loam-etcd-"
#define PERCENT          5 /* difference of keys that a rehearsal accepts */

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

/* The last one, with the credentials, is not compared. */
enum { FILE_COUNT = 8, FILE_COMPARED = FILE_COUNT - 1 };

static Str service_text(const char *title, Str command, Arena *arena) {
    return str_format(arena,
                      "[Unit]\nDescription=%s of etcd\n\n[Service]\nType=oneshot\n"
                      "ExecStart=%.*s\n",
                      title, STR_ARG(command));
}

static Str timer_text(const char *title, Str calendar, Arena *arena) {
    return str_format(arena,
                      "[Unit]\nDescription=%ss of etcd\n\n[Timer]\nOnCalendar=%.*s\n"
                      "Persistent=true\n\n[Install]\nWantedBy=timers.target\n",
                      title, STR_ARG(calendar));
}

/* The credentials are on standard input: arguments are visible to every user of the machine. */
static Str snapshot_command(const EtcdSchedule *schedule, Arena *arena) {
    return schedule->upload ? STR("/bin/sh -c \"cat " PATH_SETTINGS " " PATH_CREDENTIALS
                                  " | /bin/sh " PATH_SCRIPT "\"")
                            : str_format(arena, "/bin/sh " PATH_SCRIPT " %.*s %lld",
                                         STR_ARG(schedule->directory), (long long)schedule->keep);
}

/* A machine cannot read the snapshots of its bucket, so it takes a new one. */
static Str rehearsal_command(const EtcdSchedule *schedule, Arena *arena) {
    return str_format(arena, "/bin/sh " PATH_REHEARSAL " \"%.*s\" %d " PATH_RESULT,
                      STR_ARG(schedule->upload ? STR_EMPTY : schedule->directory), PERCENT);
}

static void list_files(const EtcdSchedule *schedule, HostTimerFile *out, Arena *arena) {
    const EtcdUpload *upload = schedule->upload;
    bool rehearses = schedule->rehearse.len > 0;
    const HostTimerFile files[FILE_COUNT] = {
        {PATH_SCRIPT, "0755", str_from_cstr(upload ? etcd_push_sh : etcd_keep_sh)},
        {PATH_UNITS "snapshot.service", "0644",
         service_text("Snapshot", snapshot_command(schedule, arena), arena)},
        {PATH_UNITS "snapshot.timer", "0644", timer_text("Snapshot", schedule->calendar, arena)},
        {PATH_SETTINGS, "0600", upload ? upload->settings : STR_EMPTY},
        {PATH_REHEARSAL, "0755", rehearses ? str_from_cstr(etcd_rehearse_sh) : STR_EMPTY},
        {PATH_UNITS "rehearsal.service", "0644",
         rehearses ? service_text("Rehearsal", rehearsal_command(schedule, arena), arena)
                   : STR_EMPTY},
        {PATH_UNITS "rehearsal.timer", "0644",
         rehearses ? timer_text("Rehearsal", schedule->rehearse, arena) : STR_EMPTY},
        {PATH_CREDENTIALS, "0600", upload ? upload->credentials : STR_EMPTY},
    };
    memcpy(out, files, sizeof files);
}

bool etcd_schedule_write(SshLink *link, const EtcdSchedule *schedule, Diags *diags) {
    Arena *arena = link->call->arena;
    HostTimerFile files[FILE_COUNT];
    SshResult result;
    list_files(schedule, files, arena);
    return host_timer_run(link, etcd_schedule_sh, "write",
                          host_timer_input(files, FILE_COUNT, arena), &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Schedule of snapshots not set", &result, diags));
}

bool etcd_schedule_read(SshLink *link, const EtcdSchedule *schedule, EtcdScheduleReport *out,
                        Diags *diags) {
    Arena *arena = link->call->arena;
    HostTimerFile files[FILE_COUNT];
    SshResult result;
    if (!host_timer_run(link, etcd_schedule_sh, "read", STR_EMPTY, &result, diags))
        return false;
    list_files(schedule, files, arena);
    Str text = result.out, digest = host_timer_line(&text), first = host_timer_line(&text);
    Str state = host_timer_line(&text), rehearsal = host_timer_line(&text);
    *out = (EtcdScheduleReport){
        .is_current =
            str_equal(digest, host_timer_digest(files, FILE_COMPARED, arena)) &&
            str_equal(first, schedule->upload ? str_trim(schedule->upload->first) : STR_EMPTY) &&
            str_equal(state, STR("active")) &&
            (!schedule->rehearse.len || str_equal(rehearsal, STR("active"))),
    };
    out->interval_s = host_timer_number(&text);
    out->age_s = host_timer_number(&text);
    out->node = host_timer_line(&text);
    out->keys = snapshot_keys_parse(host_timer_line(&text), arena);
    out->rehearsal = host_timer_line(&text);
    return true;
}

bool etcd_schedule_remove(SshLink *link, Diags *diags) {
    SshResult result;
    return host_timer_run(link, etcd_schedule_sh, "remove", STR_EMPTY, &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Schedule of snapshots not removed", &result, diags));
}
