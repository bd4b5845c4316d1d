// Which Durable Object classes a deployment would make, rename and delete. A class that goes takes its conversations with
// it, so nothing goes unless the user says so by name.

/** The classes of this Worker's own objects that a configuration binds. */
export function boundClasses(config) {
  const bindings = config.durable_objects?.bindings ?? [];
  return [...new Set(bindings.filter(({ script_name }) => !script_name).map(({ class_name }) => class_name))];
}

/** The classes that exist after all migrations of a configuration, or what is wrong with their list. */
export function migratedClasses(migrations) {
  const classes = new Set();
  const tags = new Set();
  for (const { tag, new_sqlite_classes = [], new_classes = [], renamed_classes = [], deleted_classes = [] } of migrations) {
    if (!tag || tags.has(tag)) return { problem: `the migrations need a tag each, all different ("${tag ?? ""}" is not)` };
    tags.add(tag);
    for (const name of [...new_sqlite_classes, ...new_classes]) {
      if (classes.has(name)) return { problem: `the migration ${tag} makes the class ${name} again` };
      classes.add(name);
    }
    for (const { from, to } of renamed_classes) {
      if (!classes.delete(from)) return { problem: `the migration ${tag} renames the class ${from}, which does not exist by then` };
      classes.add(to);
    }
    for (const name of deleted_classes) {
      if (!classes.delete(name)) return { problem: `the migration ${tag} deletes the class ${name}, which does not exist by then` };
    }
  }
  return { classes: [...classes] };
}

/** What is wrong with a configuration by itself, in words; null: nothing. */
export function migrationProblem(config) {
  const { classes, problem } = migratedClasses(config.migrations ?? []);
  if (problem) return `In wrangler.jsonc ${problem}. A migration that was deployed once must stay as it was; add a new one behind it.`;
  const missing = boundClasses(config).filter((name) => !classes.includes(name));
  if (missing.length > 0) {
    return `wrangler.jsonc binds ${missing.join(", ")} and no migration makes it. Add one: { "tag": "v…", "new_sqlite_classes": ["${missing[0]}"] }.`;
  }
  return null;
}

/**
 * What deploying `config` over the classes in `deployed` does: `made`, `renamed` as `[from, to]`, `deleted`, and `orphaned`:
 * deployed classes that the configuration does not know, and which Cloudflare would refuse to leave behind.
 */
export function migrationSteps(config, deployed) {
  const steps = { made: [], renamed: [], deleted: [], orphaned: [] };
  const there = new Set(deployed);
  for (const { renamed_classes = [], deleted_classes = [] } of config.migrations ?? []) {
    for (const { from, to } of renamed_classes) {
      if (!there.delete(from)) continue;
      there.add(to);
      steps.renamed.push([from, to]);
    }
    for (const name of deleted_classes) if (there.delete(name)) steps.deleted.push(name);
  }
  const { classes = [] } = migratedClasses(config.migrations ?? []);
  steps.made = classes.filter((name) => !there.has(name));
  steps.orphaned = [...there].filter((name) => !classes.includes(name));
  return steps;
}

/** The classes whose data a deployment would move or destroy. */
export const touchedClasses = ({ renamed, deleted }) => [...renamed.map(([from]) => from), ...deleted];
