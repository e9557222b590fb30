/* The table of what planning and applying refuse; each row finds its blocks in one module. */
#include "refusal.h"

typedef struct RefusalReport {
    const char *what;
    const char *advice;
    Diags *diags;
    size_t count;
} RefusalReport;

typedef struct Refusal {
    const char *what;   /* "moved blocks": the subject of the sentence */
    const char *advice; /* what to do without it */
    void (*find)(const Module *module, RefusalReport *report);
} Refusal;

static void report_block(RefusalReport *report, SourceRange range) {
    diags_error(report->diags, range, "Not carried out by this version",
                "This version of loam checks %s, but does not carry them out yet, so it does not "
                "plan or apply this configuration. %s",
                report->what, report->advice);
    report->count++;
}

static void find_ephemeral(const Module *module, RefusalReport *report) {
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        if (resource->mode == MODE_EPHEMERAL)
            report_block(report, resource->range);
    }
}

static void find_provisioners(const Module *module, RefusalReport *report) {
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        vec_each(&resource->provisioners, provisioner) {
            report_block(report, provisioner->range);
        }
    }
    vec_each(&module->removed, removed) {
        vec_each(&removed->provisioners, provisioner) {
            report_block(report, provisioner->range);
        }
    }
}

static const Refusal refusals[] = {
    {"ephemeral resources", "A data source reads what is to be stored.",       find_ephemeral   },
    {"provisioners",        "An ssh_exec resource runs scripts on a machine.", find_provisioners},
};

static void check_module(const Module *module, RefusalReport *report) {
    for (size_t i = 0; i < ARRAY_COUNT(refusals); i++) {
        report->what = refusals[i].what;
        report->advice = refusals[i].advice;
        refusals[i].find(module, report);
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            check_module(call->module, report);
    }
}

bool refusal_check(const Config *config, Diags *diags) {
    RefusalReport report = {.diags = diags};
    check_module(config->root, &report);
    return refusal_check_state(config, diags) && report.count == 0;
}

/* What an encryption block would protect must not be stored in the clear. */
bool refusal_check_state(const Config *config, Diags *diags) {
    if (!config->root->encryption)
        return true;
    RefusalReport report = {
        .what = "\"encryption\" blocks",
        .advice = "No state is read or written while there is one.",
        .diags = diags,
    };
    report_block(&report, config->root->encryption->range);
    return false;
}
