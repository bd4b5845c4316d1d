// The Durable Object classes that a deployment would create, rename and delete. Deleting a class deletes its
// conversations, so that it requires the user to name it.

/** The classes that a configuration binds for this Worker. */
export function boundClasses(config) {
  const bindings = config.durable_objects?.bindings ?? [];
  return [...new Set(bindings.filter(({ script_name }) => !script_name).map(({ class_name }) => class_name))];
}

/** The classes after all migrations of a configuration, or what is wrong with the list of migrations. */
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

/** The fault in a configuration, as text; null when there is none. */
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
 * The effect of deploying `config` over the classes in `deployed`: `made`, `renamed` as `[from, to]`, `deleted`, and
 * `orphaned`: deployed classes that the configuration does not know, which Cloudflare would refuse to leave behind.
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

/** The classes whose data a deployment would move or delete. */
export const touchedClasses = ({ renamed, deleted }) => [...renamed.map(([from]) => from), ...deleted];
