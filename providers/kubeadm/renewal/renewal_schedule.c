/* renewal_schedule: scripts renewal_run.sh, which the timer runs, and renewal_schedule.sh. */
#include "renewal_schedule.h"
#include "host_timer.h"
#include "json.h"
#include "kubeadm_check.h"
#include "kubeadm_renewal_assets.h"
#include "object_builder.h"
#include "path_error.h"
#include "remote_script.h"
#include "utf8.h"

#define BEFORE_DAYS       60
#define PATH_SCRIPT       "/etc/loam/renewal"
#define PATH_UNITS        "/etc/systemd/system/loam-renewal"
#define SLACK_S           INT64_C(7200) /* of a run that waits for the other control planes */
#define DAY_S             INT64_C(86400)
#define STATUS_NO_KUBECTL 3

/* clang-format off */
static const Attribute argument[] = {
    {"calendar",    &TYPE_STRING, REQUIRED, "When each control plane looks at its certificates: a calendar event of systemd, such as \"daily\" or \"Sun *-*-* 03:00:00\".", .check = kubeadm_check_calendar},
    {"before_days", &TYPE_NUMBER, OPTIONAL | COMPUTED, "It renews them if the first one expires within this number of days. Certificates that live shorter than twice this time are renewed in the second half of their life.", .default_json = "60", .check = kubeadm_check_days},
};

static const Attribute results[] = {
    {"result", &TYPE_STRING, COMPUTED, "\"renewed\"; \"current\": the certificates were not due yet; or \"failed\"."},
    {"time",   &TYPE_STRING, COMPUTED, "Time of the renewal, of the first run that found nothing due, or of the failure, in RFC 3339."},
    {"error",  &TYPE_STRING, COMPUTED, "Why the run failed; null if it did not."},
};
/* clang-format on */

const NestedObject renewal_schedule_argument = {NESTED_OBJECT(NEST_SINGLE, argument)};
const NestedObject renewal_schedule_results = {NESTED_OBJECT(NEST_MAP, results)};

RenewalSchedule renewal_schedule_of(Value given, Str node, Arena *arena) {
    RenewalSchedule schedule = {.node = str_clone(node, arena)};
    if (!value_is_present(given) || !value_is_known(given))
        return schedule;
    schedule.calendar = object_text(given, "calendar", STR_EMPTY);
    schedule.before_days = object_int(given, "before_days", BEFORE_DAYS);
    return schedule;
}

/* The files, in the order in which renewal_schedule.sh reads them. */

enum { FILE_COUNT = 3 };

static void list_files(const RenewalSchedule *schedule, HostTimerFile *out, Arena *arena) {
    Str service =
        str_format(arena,
                   "[Unit]\nDescription=Renewal of the certificates of Kubernetes\n\n[Service]\n"
                   "Type=oneshot\nExecStart=/bin/sh " PATH_SCRIPT " %.*s %lld\n"
                   "TimeoutStartSec=2h\n",
                   STR_ARG(schedule->node), (long long)schedule->before_days);
    Str timer = str_format(arena,
                           "[Unit]\nDescription=Renewals of the certificates of Kubernetes\n\n"
                           "[Timer]\nOnCalendar=%.*s\nPersistent=true\n\n"
                           "[Install]\nWantedBy=timers.target\n",
                           STR_ARG(schedule->calendar));
    const HostTimerFile files[FILE_COUNT] = {
        {PATH_SCRIPT, "0755", str_from_cstr(renewal_run_sh)},
        {PATH_UNITS ".service", "0644", service},
        {PATH_UNITS ".timer", "0644", timer},
    };
    memcpy(out, files, sizeof files);
}

bool renewal_schedule_write(SshLink *link, const RenewalSchedule *schedule, Diags *diags) {
    Arena *arena = link->call->arena;
    HostTimerFile files[FILE_COUNT];
    SshResult result;
    list_files(schedule, files, arena);
    if (!host_timer_run(link, renewal_schedule_sh, "write",
                        host_timer_input(files, FILE_COUNT, arena), &result, diags))
        return false;
    if (result.exit_status == STATUS_NO_KUBECTL)
        return path_error(link->call, NO_PATH, diags, "Program missing",
                          "%.*s has no kubectl, with which a control plane asks for its turn to "
                          "renew its certificates. Install it, or remove \"renew_schedule\".",
                          STR_ARG(link->target.host));
    return result.exit_status == 0 ||
           remote_script_report(link, "Schedule of renewals not set", &result, diags);
}

bool renewal_schedule_remove(SshLink *link, Diags *diags) {
    SshResult result;
    return host_timer_run(link, renewal_schedule_sh, "remove", STR_EMPTY, &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Schedule of renewals not removed", &result, diags));
}

/* Reports. */

static Str member(Value report, const char *name, Arena *arena) {
    return utf8_strip_controls(value_text_at(report, str_from_cstr(name)), arena);
}

/* The report of a machine is untrusted; another text counts as no report. */
static void read_result(Str line, RenewalReport *out, Arena *arena) {
    static const Str known[] = {STR_CONST("renewed"), STR_CONST("current"), STR_CONST("failed")};
    Value report;
    if (!json_parse_object(line, &report, arena))
        return;
    Str result = member(report, "result", arena);
    if (!str_is_among(result, known, ARRAY_COUNT(known)))
        return;
    out->result = result;
    out->time = member(report, "time", arena);
    out->error = member(report, "error", arena);
}

bool renewal_schedule_read(SshLink *link, const RenewalSchedule *schedule, RenewalReport *out,
                           Diags *diags) {
    Arena *arena = link->call->arena;
    HostTimerFile files[FILE_COUNT];
    SshResult result;
    if (!host_timer_run(link, renewal_schedule_sh, "read", STR_EMPTY, &result, diags))
        return false;
    list_files(schedule, files, arena);
    Str text = result.out, digest = host_timer_line(&text), state = host_timer_line(&text);
    *out = (RenewalReport){.is_current =
                               str_equal(digest, host_timer_digest(files, FILE_COUNT, arena)) &&
                               str_equal(state, STR("active"))};
    out->interval_s = host_timer_number(&text);
    out->age_s = host_timer_number(&text);
    out->certificate_age_s = host_timer_number(&text);
    out->is_unfinished = str_equal(host_timer_line(&text), STR("yes"));
    read_result(host_timer_line(&text), out, arena);
    return true;
}

/* As is_due of renewal_run.sh, but after two runs were missed. */
bool renewal_schedule_is_late(const RenewalSchedule *schedule, const RenewalReport *report,
                              int64_t left_s) {
    int64_t grace = 2 * report->interval_s + SLACK_S, due = schedule->before_days * DAY_S;
    int64_t half = (report->certificate_age_s + left_s) / 2;
    if (half < due)
        due = half;
    return report->interval_s > 0 && report->age_s > grace && left_s < due - grace;
}
