#include "dispatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tensorop/tensorop.h"

_Atomic(const tensorop_target *) tensorop_active_target;
atomic_bool tensorop_verbose;

static bool has_features(const tensorop_target *target, const tensorop_cpu *cpu) {
  return (target->features & ~cpu->features) == 0;
}

static bool names_models(const tensorop_target *target) {
  uint64_t any = 0;
  for (int i = 0; i < 4; i++) any |= target->models[i];
  return any != 0;
}

static bool is_core(const tensorop_target *target, const tensorop_core *core) {
  if (target->vendor && strcmp(target->vendor, core->vendor) != 0) return false;
  if (target->family && target->family != core->family) return false;
  return !names_models(target) || (core->model < 256 && target->models[core->model / 64] >> (core->model % 64) & 1U);
}

/* One kind of core is meant, if the row means any in particular. */
static bool has_core(const tensorop_target *target, const tensorop_cpu *cpu) {
  if (!target->vendor && !target->family && !names_models(target)) return true;
  for (int i = 0; i < cpu->core_kinds; i++) {
    if (is_core(target, &cpu->cores[i])) return true;
  }
  return false;
}

/* The device tree has one of the row's names, if it wants any. */
static bool is_compatible(const tensorop_target *target, const tensorop_cpu *cpu) {
  if (!target->compatible) return true;
  for (const char *const *wanted = target->compatible; *wanted; wanted++) {
    for (const char *name = cpu->compatible; *name; name += strlen(name) + 1) {
      if (strcmp(name, *wanted) == 0) return true;
    }
  }
  return false;
}

static bool is_meant(const tensorop_target *target, const tensorop_cpu *cpu) {
  return has_features(target, cpu) && has_core(target, cpu) && is_compatible(target, cpu);
}

const tensorop_target *tensorop_match(const tensorop_cpu *cpu) {
  const tensorop_target *target = tensorop_targets;
  while (target < tensorop_targets + tensorop_target_count - 1 && !is_meant(target, cpu)) target++;
  return target;
}

/* The row of that name if the CPU can run it, whatever CPU it was tuned for; else NULL. */
static const tensorop_target *named(const char *name, const tensorop_cpu *cpu) {
  for (int i = 0; i < tensorop_target_count; i++) {
    if (strcasecmp(tensorop_targets[i].name, name) == 0 && has_features(&tensorop_targets[i], cpu))
      return &tensorop_targets[i];
  }
  return NULL;
}

static void report_refusal(const char *name, const tensorop_cpu *cpu, const tensorop_target *instead) {
  fprintf(stderr, "tensorop: TENSOROP_CORETYPE=%s is not a target this CPU can run; using %s. There is:", name,
          instead->name);
  for (int i = 0; i < tensorop_target_count; i++) {
    if (has_features(&tensorop_targets[i], cpu)) fprintf(stderr, " %s", tensorop_targets[i].name);
  }
  fputc('\n', stderr);
}

/* At load; a call out of another library's constructor may come earlier, and does it then. */
__attribute__((constructor)) static void load(void) { tensorop_dispatch(); }

const tensorop_target *tensorop_dispatch(void) {
  const tensorop_target *target = atomic_load_explicit(&tensorop_active_target, memory_order_acquire);
  if (target) return target;
  const tensorop_cpu cpu = tensorop_cpu_detect();
  const char *const forced = getenv("TENSOROP_CORETYPE"), *const verbose = getenv("TENSOROP_VERBOSE");
  target = forced && *forced ? named(forced, &cpu) : tensorop_match(&cpu);
  if (!target) {
    target = tensorop_match(&cpu);
    report_refusal(forced, &cpu, target);
  }
  if (target->instance->prepare) target->instance->prepare();
  atomic_store_explicit(&tensorop_verbose, verbose && atoi(verbose) > 0, memory_order_relaxed);
  atomic_store_explicit(&tensorop_active_target, target, memory_order_release);
  return target;
}

const char *tensorop_target_name(void) { return tensorop_dispatch()->name; }

#define TEXT(x) #x
#define VERSION(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

const char *tensorop_version(void) {
  return VERSION(TENSOROP_VERSION_MAJOR, TENSOROP_VERSION_MINOR, TENSOROP_VERSION_PATCH);
}
