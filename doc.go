// Package buurtbel is the village: the nouns of a neighbourhood information network with their rules and pure decisions.
//
// It needs nothing but the standard library, does no input or output and reads no clock: now is an argument. Who may do what is decided by
// Actor.May, how a member is reached by Deliver, what follows an outcome by Next and OnReceipt, when feedback is due by FeedbackDue.
package buurtbel
