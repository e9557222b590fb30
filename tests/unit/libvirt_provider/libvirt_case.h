/* libvirt_case: resource cases on a libvirt connection: its test driver, or the daemon whose URI is
 * in LOAM_TEST_LIBVIRT_URI. Without that variable the tests that need a real host are skipped. */
#pragma once

#include "libvirt_client.h"
#include "libvirt_provider.h"
#include "nested_list.h"
#include "object_builder.h"
#include "resource_case.h"
#include "uuid.h"

#define TEST_DRIVER "test:///default"

static inline const char *libvirt_case_host(void) {
    const char *uri = getenv("LOAM_TEST_LIBVIRT_URI");
    if (!uri || !*uri) {
        print_message("skipped: LOAM_TEST_LIBVIRT_URI names no libvirt to test on\n");
        skip();
    }
    return uri;
}

static inline ResourceCase libvirt_case_open(const ResourceType *type, const char *uri,
                                             Str address) {
    ResourceCase c = case_open(type);
    LibvirtOptions options = {
        .uri = uri,
        .connect_timeout_ms = 10000,
        .keepalive_interval = 5,
        .keepalive_count = 6,
        .default_pool = STR("default-pool"),
        .accel = ACCEL_TCG,
    };
    c.call.client = libvirt_client_new(&options, c.arena);
    c.call.address = address;
    c.call.lineage = uuid_v4(c.arena); /* objects of a failed test belong to another lineage */
    return c;
}

static inline void libvirt_case_close(ResourceCase *c) {
    libvirt_client_close(c->call.client);
    case_close(c);
}

/* Creates the object; then neither a plan nor a read finds a difference. */
static inline void libvirt_case_create(ResourceCase *c, const char *json) {
    if (!case_validate(c, json))
        check_done(c, false);
    check_done(c, case_apply(c, json));
    if (!case_is_settled(c, json))
        fail_msg("a second plan wants changes of %s", json);
    Value before = c->state;
    check_done(c, case_read(c));
    if (!value_equal(before, c->state))
        fail_msg("reading differs:\n%.*s\n%.*s", STR_ARG(value_display(before, 0, c->arena)),
                 STR_ARG(value_display(c->state, 0, c->arena)));
}

/* Updates the object in place; then a plan is empty. */
static inline void libvirt_case_update(ResourceCase *c, const char *json) {
    if (!case_validate(c, json))
        check_done(c, false);
    check_done(c, case_plan(c, json));
    for (size_t i = 0; i < c->plan.requires_replace.count; i++)
        fail_msg("replaced for %.*s",
                 STR_ARG(path_to_str(c->plan.requires_replace.items[i], c->arena)));
    libvirt_case_create(c, json);
}

static inline void libvirt_case_delete(ResourceCase *c) {
    Value before = c->state;
    check_done(c, case_delete(c));
    c->state = before;
    check_done(c, case_read(c));
    assert_true(value_is_null(c->state));
}

/* The plan's note on that attribute. */
static inline Str libvirt_case_note(const ResourceCase *c, const char *path) {
    for (size_t i = 0; i < c->plan.notes.count; i++)
        if (str_equal_cstr(path_to_str(c->plan.notes.items[i].path, c->arena), path))
            return c->plan.notes.items[i].text;
    return STR_EMPTY;
}

static inline virConnectPtr libvirt_case_connect(ResourceCase *c) {
    virConnectPtr connection = NULL;
    check_done(c, libvirt_client_connect(case_call(c), &connection, &c->diags));
    return connection;
}

static inline bool libvirt_case_replaces(const ResourceCase *c, const char *path) {
    for (size_t i = 0; i < c->plan.requires_replace.count; i++)
        if (str_equal_cstr(path_to_str(c->plan.requires_replace.items[i], c->arena), path))
            return true;
    return false;
}
