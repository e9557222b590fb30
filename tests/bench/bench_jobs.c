/* The floor of runs: creates the Jobs of plans, and the Job of the apply when its plan is complete.
 *
 *   bench_jobs SERVER CA TOKEN NAMESPACE CONNECTIONS <BODIES
 *
 * A line of BODIES has the Jobs of a run: a JSON array of two objects, whose names end with -plan
 * and -apply. Prints the seconds from the first request to the last complete Job. */
#include <curl/curl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Body {
    char *text;
    char *after; /* the apply of a plan; NULL: none */
    char *name;
    struct Body *next;
} Body;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static Body *queue, *queue_end, *sent; /* to create; plans that were created */
static int left;                       /* Jobs that are not complete */
static char **arguments;

static void bench_fail(const char *what) {
    fprintf(stderr, "bench_jobs: %s\n", what);
    exit(1);
}

static void push(Body *body) {
    body->next = NULL;
    if (queue_end)
        queue_end->next = body;
    else
        queue = body;
    queue_end = body;
    pthread_cond_signal(&changed);
}

static Body *pop(void) {
    Body *body;
    pthread_mutex_lock(&lock);
    while (!queue && left > 0)
        pthread_cond_wait(&changed, &lock);
    body = queue;
    if (body)
        queue = body->next;
    if (!queue)
        queue_end = NULL;
    if (body && body->after) {
        body->next = sent;
        sent = body;
    }
    pthread_mutex_unlock(&lock);
    return body;
}

static CURL *open_connection(const char *rest, struct curl_slist **headers) {
    CURL *curl = curl_easy_init();
    char url[1024], token[512];
    snprintf(url, sizeof url, "%s/apis/batch/v1/namespaces/%s/jobs%s", arguments[1], arguments[4],
             rest);
    snprintf(token, sizeof token, "Authorization: Bearer %s", arguments[3]);
    *headers = curl_slist_append(curl_slist_append(NULL, token), "Content-Type: application/json");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, arguments[2]);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers);
    return curl;
}

static size_t ignore(char *, size_t size, size_t count, void *) {
    return size * count;
}

static void *create(void *) {
    struct curl_slist *headers;
    CURL *curl = open_connection("", &headers);
    long code;
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    for (Body *body; (body = pop());) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->text);
        if (curl_easy_perform(curl) != CURLE_OK ||
            curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code) != CURLE_OK || code != 201)
            bench_fail("a Job was not created");
    }
    curl_easy_cleanup(curl);
    return NULL;
}

/* A Job is complete: after that of a plan, its apply is created. */
static void see_complete(const char *name) {
    pthread_mutex_lock(&lock);
    for (Body **at = &sent; *at; at = &(*at)->next) {
        Body *body = *at;
        if (strcmp(body->name, name) != 0)
            continue;
        *at = body->next;
        body->text = body->after;
        body->after = NULL;
        push(body);
        break;
    }
    left--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

/* Each Job counts once: later changes of a complete Job are skipped. */
static json_t *seen;

static void see_line(const char *line, size_t length) {
    json_t *event = json_loadb(line, length, 0, NULL);
    const char *name;
    json_t *succeeded;
    if (!event)
        return;
    name = json_string_value(
        json_object_get(json_object_get(json_object_get(event, "object"), "metadata"), "name"));
    succeeded = json_object_get(json_object_get(json_object_get(event, "object"), "status"),
                                "completionTime");
    if (name && succeeded && !json_object_get(seen, name)) {
        json_object_set_new(seen, name, json_true());
        see_complete(name);
    }
    json_decref(event);
}

typedef struct Lines {
    char *text;
    size_t length;
} Lines;

static size_t see_bytes(char *bytes, size_t size, size_t count, void *payload) {
    Lines *lines = payload;
    size_t used = 0;
    lines->text = realloc(lines->text, lines->length + size * count);
    memcpy(lines->text + lines->length, bytes, size * count);
    lines->length += size * count;
    for (char *end; (end = memchr(lines->text + used, '\n', lines->length - used));) {
        see_line(lines->text + used, (size_t)(end - lines->text) - used);
        used = (size_t)(end - lines->text) + 1;
    }
    memmove(lines->text, lines->text + used, lines->length - used);
    lines->length -= used;
    return left > 0 ? size * count : 0;
}

static void *watch(void *) {
    struct curl_slist *headers;
    CURL *curl = open_connection("?watch=1", &headers);
    Lines lines = {0};
    seen = json_object();
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, see_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &lines);
    curl_easy_perform(curl);
    if (left > 0)
        bench_fail("the watch ended");
    return NULL;
}

static void read_bodies(void) {
    json_t *pair;
    while ((pair = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL))) {
        Body *body = calloc(1, sizeof *body);
        json_t *plan = json_array_get(pair, 0);
        body->text = json_dumps(plan, 0);
        body->after = json_dumps(json_array_get(pair, 1), 0);
        body->name =
            strdup(json_string_value(json_object_get(json_object_get(plan, "metadata"), "name")));
        push(body);
        left += 2;
    }
}

int main(int count, char **words) {
    struct timespec began, ended;
    pthread_t threads[64], watcher;
    int connections;
    arguments = words;
    if (count != 6)
        bench_fail("five arguments are needed");
    connections = (int)strtol(words[5], NULL, 10);
    read_bodies();
    clock_gettime(CLOCK_MONOTONIC, &began);
    pthread_create(&watcher, NULL, watch, NULL);
    for (int i = 0; i < connections && i < 64; i++)
        pthread_create(&threads[i], NULL, create, NULL);
    pthread_mutex_lock(&lock);
    while (left > 0)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%.3f\n",
           (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9);
    return 0;
}
