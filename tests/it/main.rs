//! What is true of the program as a whole: the literate specs of the kinds, the laws of scoring, the command line,
//! broken inputs, and the order of the house.

mod across;
mod arguments;
mod bad_input;
mod between;
mod cards;
mod catalog;
mod ci;
mod cli;
mod compare;
mod dictionary;
mod drift;

mod envelope;
mod exchange;
mod explained;
mod gate;
mod generate;
mod history;
mod house;
mod html;
mod laws;
mod league;
mod linkage;
mod measure;
mod nation;
mod nightly;
mod nightly_examples;
mod outputs;
mod packs;
mod pages;
mod peers;
mod periodic;
mod progress;
mod reconcile;
mod report;
mod rows;
mod specs;
mod spill;
mod stage;
mod verify;
