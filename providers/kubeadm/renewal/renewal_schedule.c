/* renewal_schedule: scripts renewal_run.sh, which the timer runs, and renewal_schedule.sh. */
#include "renewal_schedule.h"
#include "base64.h"
#include "digest.h"
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

typedef struct ScheduleFile {
    const char *path;
    const char *mode;
    Str text;
} ScheduleFile;

enum { FILE_COUNT = 3 };

static void list_files(const RenewalSchedule *schedule, ScheduleFile *out, Arena *arena) {
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
    const ScheduleFile files[FILE_COUNT] = {
        {PATH_SCRIPT, "0755", str_from_cstr(renewal_run_sh)},
        {PATH_UNITS ".service", "0644", service},
        {PATH_UNITS ".timer", "0644", timer},
    };
    memcpy(out, files, sizeof files);
}

static bool schedule_run(SshLink *link, const char *action, Str input, SshResult *result,
                         Diags *diags) {
    Str verb = str_from_cstr(action);
    return remote_script_run(
        link, (RemoteScript){.text = renewal_schedule_sh, .argument = &verb, .input = input},
        result, diags);
}

bool renewal_schedule_write(SshLink *link, const RenewalSchedule *schedule, Diags *diags) {
    Arena *arena = link->call->arena;
    ScheduleFile files[FILE_COUNT];
    StrBuf input = strbuf_new(arena);
    SshResult result;
    list_files(schedule, files, arena);
    for (size_t i = 0; i < FILE_COUNT; i++)
        strbuf_add_format(&input, "%s %s %.*s\n", files[i].path, files[i].mode,
                          STR_ARG(base64_encode(files[i].text, arena)));
    if (!schedule_run(link, "write", strbuf_str(&input), &result, diags))
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
    return schedule_run(link, "remove", STR_EMPTY, &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Schedule of renewals not removed", &result, diags));
}

/* Reports. */

static Str next_line(Str *text) {
    Str line = STR_EMPTY;
    return str_next_field(text, '\n', &line) ? str_trim(line) : STR_EMPTY;
}

static int64_t next_number(Str *text) {
    int64_t number;
    return str_to_int64(next_line(text), &number) && number > 0 ? number : 0;
}

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
    ScheduleFile files[FILE_COUNT];
    StrBuf content = strbuf_new(arena);
    SshResult result;
    if (!schedule_run(link, "read", STR_EMPTY, &result, diags))
        return false;
    list_files(schedule, files, arena);
    for (size_t i = 0; i < FILE_COUNT; i++)
        strbuf_add(&content, files[i].text);
    Str text = result.out, digest = next_line(&text), state = next_line(&text);
    *out = (RenewalReport){
        .is_current = str_equal(digest, digest_hex(DIGEST_SHA256, strbuf_str(&content), arena)) &&
                      str_equal(state, STR("active"))};
    out->interval_s = next_number(&text);
    out->age_s = next_number(&text);
    out->certificate_age_s = next_number(&text);
    out->is_unfinished = str_equal(next_line(&text), STR("yes"));
    read_result(next_line(&text), out, arena);
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
