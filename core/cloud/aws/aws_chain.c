/* Each search reads files and variables again, so that renewed tokens and keys are found. */
#include "aws_chain.h"
#include "aws_metadata.h"
#include "aws_profile.h"
#include "aws_program.h"
#include "aws_sso.h"
#include "aws_sts.h"
#include "problem.h"

/* The profiles that lead to this one by source_profile. */
typedef struct ProfileSearch {
    const AwsLookup *lookup;
    AwsFiles files;
    StrVec visited;
    bool is_chosen; /* the user named the profile: it must exist */
    Arena *arena;
} ProfileSearch;

#define NO_KEYS                                                                                    \
    "no access key was found. Set access_key and secret_key, AWS_ACCESS_KEY_ID and "               \
    "AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws/credentials"

static Str chain_variable(const AwsLookup *lookup, const char *name) {
    return process_variable(lookup->io->process, name);
}

static AwsKeys environment_keys(const AwsLookup *lookup) {
    return (AwsKeys){.access_key = chain_variable(lookup, "AWS_ACCESS_KEY_ID"),
                     .secret_key = chain_variable(lookup, "AWS_SECRET_ACCESS_KEY"),
                     .token = chain_variable(lookup, "AWS_SESSION_TOKEN")};
}

static bool take_keys(AwsKeys keys, AwsKeys *out) {
    *out = keys;
    return aws_keys_are_whole(&keys);
}

/* Sources 6 to 8. */
static bool find_on_machine(const AwsLookup *lookup, AwsKeys *out, Str *problem, Arena *arena) {
    Str why = STR_EMPTY;
    if (aws_metadata_has_container(lookup->io))
        return aws_metadata_container(lookup, out, problem, arena);
    if (!aws_metadata_is_enabled(lookup))
        return problem_text(problem, NO_KEYS);
    return aws_metadata_machine(lookup, out, &why, arena) ||
           problem_set(problem, arena, NO_KEYS ", and %.*s", STR_ARG(why));
}

static bool find_by_source(const AwsLookup *lookup, Str source, AwsKeys *out, Str *problem,
                           Arena *arena) {
    if (str_equal(source, STR("Environment")))
        return take_keys(environment_keys(lookup), out) ||
               problem_text(problem, "the profile takes its keys from the environment "
                                     "(credential_source), but AWS_ACCESS_KEY_ID and "
                                     "AWS_SECRET_ACCESS_KEY are not both set");
    if (str_equal(source, STR("Ec2InstanceMetadata")))
        return aws_metadata_machine(lookup, out, problem, arena);
    if (str_equal(source, STR("EcsContainer")))
        return aws_metadata_container(lookup, out, problem, arena);
    return problem_set(problem, arena,
                       "credential_source \"%.*s\" is none of Environment, Ec2InstanceMetadata "
                       "and EcsContainer",
                       STR_ARG(source));
}

static bool find_by_sso(const ProfileSearch *search, const AwsProfile *profile, Str name,
                        AwsKeys *out, Str *problem) {
    AwsSso sso;
    return aws_sso_read(&search->files, profile, name, &sso, problem, search->arena) &&
           aws_sso_keys(search->lookup, &sso, out, problem, search->arena);
}

static bool find_by_token(const AwsLookup *lookup, const AwsProfile *profile, AwsKeys *out,
                          Str *problem, Arena *arena) {
    AwsRole role = {.arn = profile->role_arn,
                    .session_name = profile->role_session_name,
                    .web_token_file = profile->web_identity_token_file};
    return aws_sts_assume_by_token(lookup, &role, out, problem, arena);
}

static bool assume_of_profile(const ProfileSearch *search, const AwsProfile *profile, Str name,
                              AwsKeys *keys, Str *problem) {
    AwsRole role = {.arn = profile->role_arn,
                    .external_id = profile->external_id,
                    .session_name = profile->role_session_name};
    AwsKeys own = *keys;
    if (profile->mfa_serial.len)
        return problem_set(problem, search->arena,
                           "the profile \"%.*s\" demands a code of a device (mfa_serial), which "
                           "loam cannot ask for. Get keys with \"aws sts get-session-token\", and "
                           "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
                           STR_ARG(name));
    if (profile->duration_seconds.len && !str_to_int64(profile->duration_seconds, &role.duration_s))
        return problem_set(problem, search->arena,
                           "duration_seconds of the profile \"%.*s\" is no integer", STR_ARG(name));
    return aws_sts_assume(search->lookup, &role, &own, keys, problem, search->arena);
}

static bool find_by_profile(ProfileSearch *search, Str name, AwsKeys *out, Str *problem);

/* A profile may name itself: then its own keys assume its role. */
static bool find_by_other(ProfileSearch *search, const AwsProfile *profile, Str name, AwsKeys *out,
                          Str *problem) {
    Str other = profile->source_profile;
    if (str_equal(other, name)) {
        AwsKeys own = {profile->access_key, profile->secret_key, profile->token, 0};
        return take_keys(own, out) ||
               problem_set(problem, search->arena,
                           "source_profile of the profile \"%.*s\" is the profile itself, which "
                           "has no keys",
                           STR_ARG(name));
    }
    if (str_is_among(other, search->visited.items, search->visited.count))
        return problem_set(problem, search->arena,
                           "source_profile leads in a circle from the profile \"%.*s\" to \"%.*s\"",
                           STR_ARG(name), STR_ARG(other));
    search->is_chosen = true;
    return find_by_profile(search, other, out, problem);
}

static bool find_base(ProfileSearch *search, const AwsProfile *profile, Str name, AwsKeys *out,
                      Str *problem) {
    const AwsLookup *lookup = search->lookup;
    AwsKeys own = {profile->access_key, profile->secret_key, profile->token, 0};
    if (profile->source_profile.len)
        return find_by_other(search, profile, name, out, problem);
    if (take_keys(own, out))
        return true;
    if (profile->credential_source.len)
        return find_by_source(lookup, profile->credential_source, out, problem, search->arena);
    if (aws_sso_is_configured(profile))
        return find_by_sso(search, profile, name, out, problem);
    if (profile->credential_process.len)
        return aws_program_keys(lookup, profile->credential_process, out, problem, search->arena);
    if (profile->login_session.len)
        return problem_set(problem, search->arena,
                           "the profile \"%.*s\" uses login_session, which loam does not support. "
                           "Get keys with \"aws configure export-credentials\", and set "
                           "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
                           STR_ARG(name));
    return find_on_machine(lookup, out, problem, search->arena);
}

static bool find_by_profile(ProfileSearch *search, Str name, AwsKeys *out, Str *problem) {
    AwsProfile profile;
    bool is_found = aws_profile_find(&search->files, name, &profile);
    bool has_others =
        profile.source_profile.len || profile.credential_source.len ||
        aws_keys_are_whole(&(AwsKeys){profile.access_key, profile.secret_key, {0}, 0});
    vec_push(search->arena, &search->visited, name);
    if (!is_found && search->is_chosen)
        return problem_set(problem, search->arena, "the credentials files have no profile \"%.*s\"",
                           STR_ARG(name));
    if (profile.web_identity_token_file.len && !has_others) {
        if (profile.role_arn.len)
            return find_by_token(search->lookup, &profile, out, problem, search->arena);
        return problem_set(problem, search->arena,
                           "the profile \"%.*s\" has a web_identity_token_file, but no role_arn",
                           STR_ARG(name));
    }
    return find_base(search, &profile, name, out, problem) &&
           (profile.role_arn.len == 0 || assume_of_profile(search, &profile, name, out, problem));
}

/* Source 4: the variables that a cluster sets in its pods. */
static bool find_by_pod(const AwsLookup *lookup, AwsKeys *out, Str *problem, Arena *arena) {
    AwsRole role = {.arn = chain_variable(lookup, "AWS_ROLE_ARN"),
                    .session_name = chain_variable(lookup, "AWS_ROLE_SESSION_NAME"),
                    .web_token_file = chain_variable(lookup, "AWS_WEB_IDENTITY_TOKEN_FILE")};
    return role.arn.len == 0
               ? problem_text(problem,
                              "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not")
               : aws_sts_assume_by_token(lookup, &role, out, problem, arena);
}

static bool find_source(const AwsLookup *lookup, AwsKeys *out, Str *problem, Arena *arena) {
    const AwsOptions *options = lookup->options;
    AwsKeys own = {options->access_key, options->secret_key, options->token, 0};
    bool has_profile = options->profile.len > 0;
    if (options->web_identity.arn.len)
        return aws_sts_assume_by_token(lookup, &options->web_identity, out, problem, arena);
    if (take_keys(own, out) || (!has_profile && take_keys(environment_keys(lookup), out)))
        return true;
    if (!has_profile && chain_variable(lookup, "AWS_WEB_IDENTITY_TOKEN_FILE").len)
        return find_by_pod(lookup, out, problem, arena);
    ProfileSearch search = {
        .lookup = lookup,
        .files = aws_profile_read_files(lookup->io, options, arena),
        .is_chosen = has_profile || chain_variable(lookup, "AWS_PROFILE").len > 0,
        .arena = arena,
    };
    return find_by_profile(&search, aws_profile_name(lookup->io, options), out, problem);
}

bool aws_chain_find(const AwsLookup *lookup, AwsKeys *out, Str *problem, Arena *arena) {
    AwsKeys keys = {0};
    bool ok = find_source(lookup, &keys, problem, arena);
    const AwsRoles *roles = &lookup->options->roles;
    for (size_t i = 0; ok && i < roles->count; i++) {
        AwsKeys own = keys;
        ok = aws_sts_assume(lookup, &roles->items[i], &own, &keys, problem, arena);
    }
    *out = keys;
    return ok;
}
