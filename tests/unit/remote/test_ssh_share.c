/* ssh_share: one reading for all calls that want an output at the same time, and outdated outputs.
 */
#include "unit.h"

#include "ssh_share.h"

#include <pthread.h>
#include <unistd.h>

#define READERS 8

typedef struct Readers {
    SshShare *share;
    pthread_mutex_t lock; /* guards the counts */
    size_t readings;      /* that go on now */
    size_t readings_max;
    size_t begun;
    size_t recalled;
    bool fail_first; /* the first reading keeps nothing */
} Readers;

static bool recall(SshShare *share, int64_t min_at_ms, SshOutput *out, SshReading *reading) {
    SshRecall wanted = {STR("root, web1"), STR("facts"), min_at_ms, {.timeout_ms = 60000}};
    return ssh_share_recall(share, &wanted, out, reading);
}

static void *read_or_wait(void *data) {
    Readers *readers = data;
    SshOutput output;
    SshReading reading = {0};
    ssh_share_enter(readers->share);
    if (!recall(readers->share, 0, &output, &reading)) {
        pthread_mutex_lock(&readers->lock);
        bool keeps = readers->begun++ > 0 || !readers->fail_first;
        readers->readings++;
        if (readers->readings > readers->readings_max)
            readers->readings_max = readers->readings;
        pthread_mutex_unlock(&readers->lock);
        (void)usleep(50000); /* the others arrive */
        if (keeps)
            ssh_share_keep(readers->share, &reading, STR("facts"), (SshOutput){STR("text"), 1});
        pthread_mutex_lock(&readers->lock);
        readers->readings--;
        pthread_mutex_unlock(&readers->lock);
        ssh_share_end(readers->share, &reading);
    } else if (str_equal_cstr(output.text, "text")) {
        pthread_mutex_lock(&readers->lock);
        readers->recalled++;
        pthread_mutex_unlock(&readers->lock);
    }
    return NULL;
}

/* Starts the readers at once, and returns how many of them read. */
static size_t run_readers(bool fail_first) {
    Readers readers = {.share = ssh_share_open(NULL), .fail_first = fail_first};
    pthread_t threads[READERS];
    assert_int_equal(pthread_mutex_init(&readers.lock, NULL), 0);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_or_wait, &readers), 0);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < READERS; i++)
        ssh_share_leave(readers.share);
    ssh_share_close(readers.share);
    pthread_mutex_destroy(&readers.lock);
    assert_int_equal(readers.readings_max, 1);
    assert_int_equal(readers.begun + readers.recalled, READERS);
    return readers.begun;
}

static void one_reads_for_all(void **) {
    assert_int_equal(run_readers(false), 1);
}

static void next_reads_after_failure(void **) {
    assert_int_equal(run_readers(true), 2);
}

static void outputs_become_outdated(void **) {
    SshOutput output;
    SshReading reading = {0};
    SshShare *share = ssh_share_open(NULL);
    ssh_share_enter(share);
    assert_false(recall(share, 0, &output, &reading));
    ssh_share_keep(share, &reading, STR("facts"), (SshOutput){STR("old"), 10});
    ssh_share_end(share, &reading);
    assert_true(recall(share, 10, &output, &reading));
    assert_int_equal(output.at_ms, 10);
    assert_false(recall(share, 11, &output, &reading));
    ssh_share_discard(share); /* while it is read again */
    ssh_share_keep(share, &reading, STR("facts"), (SshOutput){STR("outdated"), 20});
    ssh_share_end(share, &reading);
    assert_false(recall(share, 0, &output, &reading));
    ssh_share_end(share, &reading);
    ssh_share_leave(share);
    ssh_share_enter(share); /* nothing is left of an earlier client */
    assert_false(recall(share, 0, &output, &reading));
    ssh_share_end(share, &reading);
    ssh_share_leave(share);
    ssh_share_close(share);
}

static void waits_end(void **) {
    SshOutput output;
    SshReading first = {0}, second = {0};
    SshShare *share = ssh_share_open(NULL);
    ssh_share_enter(share);
    assert_false(recall(share, 0, &output, &first));
    SshRecall short_wait = {STR("root, web1"), STR("facts"), 0, {.timeout_ms = 1}};
    assert_false(ssh_share_recall(share, &short_wait, &output, &second));
    assert_int_equal(second.machine.len, 0); /* the first one still reads */
    ssh_share_end(share, &second);
    ssh_share_end(share, &first);
    ssh_share_leave(share);
    ssh_share_close(share);
}

UNIT_MAIN(test_ssh_share) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_reads_for_all),
        cmocka_unit_test(next_reads_after_failure),
        cmocka_unit_test(outputs_become_outdated),
        cmocka_unit_test(waits_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
