import { mount } from 'svelte'
import App from './App.svelte'
import { connect } from './lib/client.ts'
import './styles/app.css'

const target = document.getElementById('app')
if (target !== null) mount(App, { target, props: { door: await connect(window) } })
