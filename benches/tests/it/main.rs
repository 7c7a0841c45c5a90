//! What the workloads must be like, and that the engine answers them like the references.

/// The engine and the reference give the same answers.
mod agreement;
/// Deciding asks for no memory.
mod allocations;
/// The workload *hierarchies* is as described, and everybody answers it alike.
mod hierarchies;
/// The workload has the proportions that its description promises.
mod proportions;
/// The workloads are the same on every machine and every run.
mod repeatability;
/// The workloads *rbac* and *hospital*: engine and references, and their proportions.
mod rivals;
/// The workload *rules*: the engine and the reference, and its proportions.
mod rules;
