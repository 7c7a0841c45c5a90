//! What the workloads must be like, and that the engine answers them like their references.

mod agreement;
/// The engine and the reference give the same answers.
mod allocations; // deciding asks for no memory
/// The workload has the proportions that its description promises.
mod proportions;
/// The workload is the same on every machine and every run.
mod repeatability;
/// The workloads *rbac* and *hospital*: engine and references, and their proportions.
mod rivals;
/// The workload *rules*: the engine and the reference, and its proportions.
mod rules;
