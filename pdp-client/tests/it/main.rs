//! What a user of the client can see, of real doors and of servers that misbehave.

mod answers; // the same decisions as the engine, and what else an answer holds
mod breaking; // the breaker, seen from outside
mod doors; // real doors, in this process
mod failing; // nobody there, silence, halves
mod guarding; // the layer and the extractor
mod killed; // a server that is killed while it is asked
mod malformed_grpc; // messages that are no answers
mod malformed_http; // JSON that is no answer
mod page; // docs/client.md holds what stands here
mod raw; // servers that send what they are told
mod secure; // TLS, and certificates of callers
mod settings; // what a client cannot be made of
mod support; // shared by the tests
mod telling; // what a server is told
