/* renewal_schedule: a timer of systemd on a control plane that renews the certificates of kubeadm
 * without loam (renewal_run.sh).
 *
 * The files on the machine: /etc/loam/renewal, the units loam-renewal.service and .timer, and the
 * report of the last run, /var/lib/loam/renewal.json. */
#pragma once

#include "schema.h"
#include "ssh_client.h"

/* The argument, and the computed map from the name of a node to its last renewal. */
extern const NestedObject renewal_schedule_argument;
extern const NestedObject renewal_schedule_results;

typedef struct RenewalSchedule {
    Str calendar; /* a calendar event of systemd; empty: no schedule */
    int64_t before_days;
    Str node; /* name of the node of the machine */
} RenewalSchedule;

/* Reads an argument, which may be null. */
RenewalSchedule renewal_schedule_of(Value argument, Str node, Arena *arena);

/* What a machine reports. */
typedef struct RenewalReport {
    bool is_current;    /* the files are those of the schedule, and the timer runs */
    bool is_unfinished; /* a run died after kubeadm had made new certificates */
    int64_t interval_s; /* longest time between two runs; 0: unknown */
    int64_t age_s;      /* since the schedule was written */
    int64_t certificate_age_s;
    Str result; /* "renewed", "current" or "failed"; empty: no run yet */
    Str time;   /* of the result, in RFC 3339 */
    Str error;  /* of a failed run */
} RenewalReport;

/* Writes the files, and starts the timer. The machine must have kubectl. */
MUST_USE bool renewal_schedule_write(SshLink *link, const RenewalSchedule *schedule, Diags *diags);
/* Compares the files, and reads the report. */
MUST_USE bool renewal_schedule_read(SshLink *link, const RenewalSchedule *schedule,
                                    RenewalReport *out, Diags *diags);
/* Succeeds if there is none. */
MUST_USE bool renewal_schedule_remove(SshLink *link, Diags *diags);

/* Returns whether the timer should have renewed a certificate that ends in `left_s` seconds. */
bool renewal_schedule_is_late(const RenewalSchedule *schedule, const RenewalReport *report,
                              int64_t left_s);
