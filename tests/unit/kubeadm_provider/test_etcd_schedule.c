/* etcd_schedule: arguments, and the files of the timer on a machine. */
#include "base64.h"
#include "digest.h"
#include "etcd_schedule.h"
#include "kubeadm_check.h"
#include "machine_script.h"
#include "systemd_units.h"

static void test_arguments(void **) {
    static const struct {
        Str (*check)(Value value, Arena *arena);
        const char *text;
        bool is_valid;
    } rows[] = {
        {kubeadm_check_calendar, "d", true},
        {kubeadm_check_calendar, "*-*-* 03:00:00", true},
        {kubeadm_check_calendar, "Mon..Fri *-*~1/2,3", true},
        {kubeadm_check_calendar, "", false},
        {kubeadm_check_calendar, "daily\nx", false},
        {etcd_schedule_check_directory, "/b", true},
        {etcd_schedule_check_directory, "/b.c/d-e_f", true},
        {etcd_schedule_check_directory, "/", false},
        {etcd_schedule_check_directory, "", false},
        {etcd_schedule_check_directory, "b/c", false},
        {etcd_schedule_check_directory, "/b c", false},
    };
    static const struct {
        int64_t keep;
        bool is_valid;
    } counts[] = {{0, false}, {1, true}, {1000, true}, {1001, false}, {-1, false}};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str problem = rows[i].check(value_from_cstr(rows[i].text), arena);
        if ((problem.len == 0) != rows[i].is_valid)
            fail_msg("%s: %.*s", rows[i].text, STR_ARG(problem));
    }
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
        assert_int_equal(etcd_schedule_check_keep(value_int(counts[i].keep), arena).len == 0,
                         counts[i].is_valid);
    Value broken;
    assert_true(value_from_number_text(STR("1.5"), &broken, arena));
    assert_true(etcd_schedule_check_keep(broken, arena).len > 0);
}

static const EtcdUpload bucket = {
    .settings = STR_CONST("base https://s3/b\n"),
    .credentials = STR_CONST("version Mg==\naccess A\nsecret S\n"),
    .first = STR_CONST("version Mg=="),
};

/* Decodes the text of the line of the path, and checks its mode; "-": the file is removed. */
static Str file_of(Str input, const char *path, const char *mode, Arena *arena) {
    Str head = str_format(arena, "%s %s ", path, mode), line, text;
    while (str_next_field(&input, '\n', &line)) {
        if (!str_starts_with(line, head))
            continue;
        assert_true(base64_decode(str_after(line, head.len), &text, arena));
        return text;
    }
    fail_msg("no %s with the mode %s", path, mode);
    return STR_EMPTY;
}

#define UNITS "/etc/systemd/system/loam-etcd-"

typedef struct FileRow {
    const char *path;
    const char *mode;
    const char *part; /* of the text */
} FileRow;

/* A schedule, and the files that it writes; a file without `part` is removed. */
typedef struct ScheduleRow {
    EtcdSchedule schedule;
    FileRow files[8];
} ScheduleRow;

static const ScheduleRow schedules[] = {
    {{.calendar = STR_CONST("daily"), .directory = STR_CONST("/b"), .keep = 3},
     {
         {"/etc/loam/etcd-snapshot", "0755", "mv -fT"},
         {UNITS "snapshot.service", "0644", "\nExecStart=/bin/sh /etc/loam/etcd-snapshot /b 3\n"},
         {UNITS "snapshot.timer", "0644", "\nOnCalendar=daily\n"},
         {"/etc/loam/etcd-snapshot.s3", "-", NULL},
         {"/etc/loam/etcd-rehearsal", "-", NULL},
         {UNITS "rehearsal.service", "-", NULL},
         {UNITS "rehearsal.timer", "-", NULL},
         {"/etc/loam/etcd-snapshot.key", "-", NULL},
     }},
    {{.calendar = STR_CONST("hourly"),
      .directory = STR_CONST("/b"),
      .keep = 3,
      .rehearse = STR_CONST("weekly"),
      .upload = &bucket},
     {
         {"/etc/loam/etcd-snapshot", "0755", "cms -encrypt"},
         {UNITS "snapshot.service", "0644",
          "\nExecStart=/bin/sh -c \"cat /etc/loam/etcd-snapshot.s3 /etc/loam/etcd-snapshot.key | "},
         {UNITS "snapshot.timer", "0644", "\nOnCalendar=hourly\n"},
         {"/etc/loam/etcd-snapshot.s3", "0600", "base https://s3/b\n"},
         {"/etc/loam/etcd-rehearsal", "0755", "snapshot restore"},
         {UNITS "rehearsal.service", "0644", "/etc/loam/etcd-rehearsal \"\" 5 /var/lib/loam/"},
         {UNITS "rehearsal.timer", "0644", "\nOnCalendar=weekly\n"},
         {"/etc/loam/etcd-snapshot.key", "0600", "secret S\n"},
     }},
    {{.calendar = STR_CONST("daily"),
      .directory = STR_CONST("/b"),
      .keep = 3,
      .rehearse = STR_CONST("weekly")},
     {
         {"/etc/loam/etcd-snapshot", "0755", "mv -fT"},
         {UNITS "snapshot.service", "0644", "/b 3\n"},
         {UNITS "snapshot.timer", "0644", "\nOnCalendar=daily\n"},
         {"/etc/loam/etcd-snapshot.s3", "-", NULL},
         {"/etc/loam/etcd-rehearsal", "0755", "snapshot restore"},
         {UNITS "rehearsal.service", "0644", "/etc/loam/etcd-rehearsal \"/b\" 5 /var/lib/loam/"},
         {UNITS "rehearsal.timer", "0644", "\nOnCalendar=weekly\n"},
         {"/etc/loam/etcd-snapshot.key", "-", NULL},
     }},
};

/* Writes the schedule, and returns the files that a plan compares, in one text. */
static Str written_files(const ScheduleRow *row, Arena *arena) {
    static const MachineRow written[] = {{0}};
    MachineScript machine;
    StrBuf all = strbuf_new(arena);
    machine_script_open(&machine, written, ARRAY_COUNT(written), arena);
    assert_true(etcd_schedule_write(&machine.link, &row->schedule, &machine.diags));
    assert_true(str_ends_with(machine.commands.items[0], STR(" loam 'write'")));
    for (size_t i = 0; i < ARRAY_COUNT(row->files); i++) {
        const FileRow *file = &row->files[i];
        Str text = file_of(machine.inputs.items[0], file->path, file->mode, arena);
        if (file->part ? str_find(text, str_from_cstr(file->part), 0) == SIZE_MAX : text.len > 0)
            fail_msg("%s: %.*s", file->path, STR_ARG(text));
        if (i + 1 < ARRAY_COUNT(row->files)) /* the last one has the credentials */
            strbuf_add(&all, text);
    }
    machine_script_close(&machine);
    return strbuf_str(&all);
}

/* systemd reads the units, if this machine has it. */
static void test_units(void **) {
    static const MachineRow written[] = {{0}};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(schedules); i++) {
        SystemdUnits units = systemd_units_open(arena);
        const ScheduleRow *row = &schedules[i];
        MachineScript machine;
        machine_script_open(&machine, written, ARRAY_COUNT(written), arena);
        assert_true(etcd_schedule_write(&machine.link, &row->schedule, &machine.diags));
        for (size_t k = 0; k < ARRAY_COUNT(row->files); k++) {
            const FileRow *file = &row->files[k];
            if (file->part)
                systemd_units_add(&units, str_from_cstr(file->path),
                                  file_of(machine.inputs.items[0], file->path, file->mode, arena));
        }
        machine_script_close(&machine);
        systemd_units_close(&units, row->schedule.rehearse.len ? 4 : 2);
    }
}

/* The files that are written are those that a plan compares; of the credentials, it compares the
 * version alone. */
static void test_files(void **) {
    static const struct {
        const char *states; /* after the digest and the credentials' version */
        bool has_other_file;
        bool has_other_version;
        bool is_current;
    } cases[] = {
        {"active\nactive\n86400\n100\ncp1\nloam-1-aa=0123 secrets\npassed 2026-01-31T03:00:00Z 7 "
         "keys\n",
         false, false, true},
        {"inactive\nactive\n86400\n100\n", false, false, false},
        {"active\nactive\n86400\n100\n", true, false, false},
        {"active\nactive\n86400\n100\n", false, true, false},
        {"active\ninactive\n0\n100\n", false, false, false},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(schedules) * ARRAY_COUNT(cases); i++) {
        const ScheduleRow *row = &schedules[i / ARRAY_COUNT(cases)];
        size_t at = i % ARRAY_COUNT(cases);
        Str all = written_files(row, arena);
        if (cases[at].has_other_file)
            all = str_concat(all, STR("x"), arena);
        Str first = row->schedule.upload ? row->schedule.upload->first : STR_EMPTY;
        if (cases[at].has_other_version)
            first = STR("version Mw==");
        Str out =
            str_format(arena, "%.*s\n%.*s\n%s", STR_ARG(digest_hex(DIGEST_SHA256, all, arena)),
                       STR_ARG(first), cases[at].states);
        const MachineRow rows[] = {{.out = str_to_cstr(out, arena)}};
        MachineScript machine;
        EtcdScheduleReport report;
        machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
        assert_true(etcd_schedule_read(&machine.link, &row->schedule, &report, &machine.diags));
        /* The second timer counts only if the schedule has rehearsals. */
        bool is_current = cases[at].is_current || (at == 4 && !row->schedule.rehearse.len);
        assert_int_equal(report.is_current, is_current);
        assert_int_equal(report.interval_s, at == 4 ? 0 : 86400);
        assert_int_equal(report.age_s, 100);
        check_str(report.node, at == 0 ? "cp1" : "");
        check_str(snapshot_keys_text(&report.keys, arena), at == 0 ? "loam-1-aa=0123 secrets" : "");
        check_str(report.rehearsal, at == 0 ? "passed 2026-01-31T03:00:00Z 7 keys" : "");
        machine_script_close(&machine);
    }
}

static void test_failures(void **) {
    static const MachineRow rows[] = {
        {.err = "read-only\n", .exit_status = 1},
        {.err = "busy\n", .exit_status = 1},
        {0},
        {.status = SSH_LOGIN_REFUSED},
        {.status = SSH_LOGIN_REFUSED},
        {.status = SSH_LOGIN_REFUSED},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    EtcdScheduleReport report;
    const EtcdSchedule schedule = schedules[0].schedule;
    machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
    assert_false(etcd_schedule_write(&machine.link, &schedule, &machine.diags));
    check_str(vec_last(&machine.diags).summary, "Schedule of snapshots not set");
    assert_false(etcd_schedule_remove(&machine.link, &machine.diags));
    check_str(vec_last(&machine.diags).summary, "Schedule of snapshots not removed");
    assert_true(str_ends_with(machine.commands.items[1], STR(" loam 'remove'")));
    assert_true(etcd_schedule_remove(&machine.link, &machine.diags));
    assert_int_equal(machine.diags.error_count, 2);
    assert_false(etcd_schedule_write(&machine.link, &schedule, &machine.diags));
    assert_false(etcd_schedule_remove(&machine.link, &machine.diags));
    assert_false(etcd_schedule_read(&machine.link, &schedule, &report, &machine.diags));
    assert_int_equal(machine.diags.error_count, 5);
    machine_script_close(&machine);
}

UNIT_MAIN(test_etcd_schedule) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
